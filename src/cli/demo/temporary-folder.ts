import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Makes a temporary folder for `work` and removes it afterwards, however that ends, unless it shall stay. */
export async function withTemporaryFolder<Value>(
  { keep }: { readonly keep: boolean },
  work: (folder: string) => Promise<Value>,
): Promise<Value> {
  const folder = await mkdtemp(join(tmpdir(), 'convodb-demo-'))
  try {
    return await work(folder)
  } finally {
    if (!keep) await rm(folder, { recursive: true, force: true })
  }
}
