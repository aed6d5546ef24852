import { lstat, realpath } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { ConvoDbError } from '../main/index.js'
import { realPath } from '../main/real-path.js'
import { sidecarSuffixes } from '../protocol/sidecar-suffixes.js'

/** How the names end of a database, of what SQLite and we put beside it, and of a server's keys. */
const ends = ['', ...sidecarSuffixes, '-keys'] as const

/**
 * Refuses to write something else over a database, or over its log, which may hold what the file has not.
 *
 * @param db the database's file.
 * @param out where to write.
 * @param field the option that says where.
 * @throws INVALID_ARGUMENT; CANNOT_OPEN as `realPath` does
 */
export async function assertNotOwn(db: string, out: string, field: 'out' | 'state'): Promise<void> {
  const path = await realPath(db)
  const target = join(await realFolder(dirname(out)), basename(out))
  for (const end of ends) {
    if (!(await isSame(`${path}${end}`, target))) continue
    throw new ConvoDbError(
      'INVALID_ARGUMENT',
      `${out} is ${path} itself, or belongs to it; choose another name`,
      { field },
    )
  }
}

/** One that is not there is found by whoever writes to it. */
const realFolder = (folder: string): Promise<string> => realpath(folder).catch(() => resolve(folder))

/** Names that are not equal may stand for one file, as where upper and lower case are the same. */
async function isSame(own: string, target: string): Promise<boolean> {
  if (own === target) return true
  const [first, second] = await Promise.all([own, target].map(identify))
  return first !== undefined && first === second
}

const identify = (path: string): Promise<string | undefined> =>
  lstat(path, { bigint: true }).then(
    ({ dev, ino }) => `${dev}:${ino}`,
    () => undefined,
  )
