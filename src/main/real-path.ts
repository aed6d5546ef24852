import type { Stats } from 'node:fs'
import { lstat, readlink, stat } from 'node:fs/promises'
import { dirname, join, parse, resolve, sep } from 'node:path'
import { ConvoDbError } from '../protocol/errors.js'

/** As many as Linux follows (https://man7.org/linux/man-pages/man7/path_resolution.7.html). */
const mostLinks = 40

/**
 * The one path by which all threads know a file: absolute and without symbolic links, so that a file has one owner by
 * whatever names it is opened, and stays the same file when a link is turned to another. The file need not be there.
 *
 * @throws CANNOT_OPEN for a link that leads nowhere, in a circle, or was put there by another user; for a name that ends in
 *   white space; and where looking fails
 */
export async function realPath(path: string): Promise<string> {
  const absolute = resolve(path)
  let real = parse(absolute).root
  const names = namesOf(absolute)
  let links = 0
  let isThere = true
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    const next = join(real, name)
    const status: Stats | undefined = isThere ? await ifThere(lstat(next), absolute) : undefined
    if (status?.isSymbolicLink() === true) {
      links += 1
      if (links > mostLinks) throw cannotOpen(absolute, 'its symbolic links lead in a circle')
      await assertTrusted(next, status)
      const target = resolve(real, await readlink(next))
      real = parse(target).root
      names.unshift(...namesOf(target))
    } else {
      isThere = status !== undefined
      real = next
    }
  }
  if (!isThere && links > 0 && (await ifThere(lstat(absolute), absolute)) !== undefined) {
    throw cannotOpen(absolute, 'it is a symbolic link to what is not there')
  }
  assertIsOpenedByThisName(real)
  return real
}

/**
 * better-sqlite3 leaves out white space at the end of a name: `chat.db\n`, as it may come out of a file or a command, would be `chat.db`, under
 * a lock of its own.
 */
function assertIsOpenedByThisName(path: string): void {
  if (path.trimEnd() === path) return
  throw cannotOpen(path, 'its name ends in white space, which is left out where SQLite opens it')
}

const namesOf = (path: string): string[] =>
  path
    .slice(parse(path).root.length)
    .split(sep)
    .filter((name) => name !== '')

const othersMayWrite = 0o022

/**
 * Where others may write, one of them may have put a link in the way, so that we would write to a file that only we may
 * write to. As the kernel's `fs.protected_symlinks` (https://docs.kernel.org/admin-guide/sysctl/fs.html), which not every machine
 * has on.
 */
async function assertTrusted(path: string, link: Stats): Promise<void> {
  const ownId = process.geteuid?.()
  if (ownId === undefined || link.uid === ownId) return
  const folder = await ifThere(stat(dirname(path)), path)
  if (folder === undefined || (folder.mode & othersMayWrite) === 0 || folder.uid === link.uid) return
  throw cannotOpen(path, 'it is a symbolic link of another user in a folder to which others may write')
}

async function ifThere<Value>(looked: Promise<Value>, path: string): Promise<Value | undefined> {
  try {
    return await looked
  } catch (error) {
    const errno = error instanceof Error && 'code' in error ? error.code : undefined
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return undefined
    throw cannotOpen(path, error instanceof Error ? error.message : String(error))
  }
}

const cannotOpen = (path: string, reason: string): ConvoDbError =>
  new ConvoDbError('CANNOT_OPEN', `${path} can not be opened: ${reason}`, { path })
