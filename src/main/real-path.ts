import type { Stats } from 'node:fs'
import { lstat, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { ConvoDbError } from '../protocol/errors.js'

/**
 * The one path by which all threads know a file: absolute and without symbolic links, so that a file has one owner by
 * whatever names it is opened, and stays the same file when a link is turned to another. The file need not be there.
 *
 * @throws CANNOT_OPEN for a link that leads nowhere or was put there by another user, and where looking fails
 */
export async function realPath(path: string): Promise<string> {
  const absolute = resolve(path)
  const status = await ifThere(lstat(absolute), absolute)
  if (status?.isSymbolicLink() === true) await assertTrusted(absolute, status)
  const real = await ifThere(realpath(absolute), absolute)
  if (real !== undefined) return real
  if (status !== undefined) throw cannotOpen(absolute, 'it is a symbolic link to what is not there')
  const folder = dirname(absolute)
  return folder === absolute ? absolute : join(await realPath(folder), basename(absolute))
}

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
