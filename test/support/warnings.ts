import { on } from 'node:events'

/** The next process warning with this code; others may come first, of wide modes for one. */
export async function nextWarning(code: string): Promise<unknown> {
  for await (const [warning] of on(process, 'warning')) if (warning.code === code) return warning
  return undefined
}
