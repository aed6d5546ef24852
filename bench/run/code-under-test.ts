import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The sides and the package that they load, as they were built. */
const folders = ['../', '../../../dist/'].map((path) => fileURLToPath(new URL(path, import.meta.url)))

function hashOfCode(): string {
  const hash = createHash('sha256')
  for (const folder of folders) {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.js'),
    )
    for (const name of files.toSorted()) hash.update(name).update(readFileSync(join(folder, name)))
  }
  return hash.digest('base64')
}

/** Remembers the code as it is now; what is returned throws when it is no longer the same. */
export function watchCode(): () => void {
  const first = hashOfCode()
  return () => {
    if (hashOfCode() === first) return
    throw new Error(
      'The code was built anew during this run: sides of before and after cannot be compared. Run it again.',
    )
  }
}
