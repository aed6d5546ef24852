import { readdir } from 'node:fs/promises'

/**
 * A folder holds one run: what another one left beside it would be taken for the same.
 *
 * @throws Error when there is a report already
 */
export async function refuseEarlierReport(folder: string): Promise<void> {
  const files = await readdir(folder).catch((): string[] => [])
  if (!files.includes('report.json')) return
  throw new Error(
    `${folder} has the report of another run, and runs are not mixed: choose another folder or remove it`,
  )
}
