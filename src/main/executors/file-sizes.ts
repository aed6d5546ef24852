import { stat } from 'node:fs/promises'

/** `stat` only: opening a database file in this process and closing it would drop SQLite's locks. */
export async function fileSizes(path: string): Promise<{ fileBytes: number; walBytes: number }> {
  const [fileBytes, walBytes] = await Promise.all([sizeOf(path), sizeOf(`${path}-wal`)])
  return { fileBytes, walBytes }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0
    throw error
  }
}
