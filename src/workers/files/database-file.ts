import { accessSync, constants, lstatSync, type Stats } from 'node:fs'
import { ConvoDbError } from '../../protocol/errors.js'
import { toFileError } from './system-error.js'

/**
 * Looks at what a real path stands for; a symbolic link there was put there since. `stat` only: opening and closing the file here would drop SQLite's locks on it
 * (https://www.sqlite.org/howtocorrupt.html), and opening a FIFO would wait for its writer.
 *
 * @returns undefined where there is nothing
 * @throws CANNOT_OPEN for what is no file, or where looking fails; NOT_A_CONVODB_FILE
 */
export function statDatabase(path: string): Stats | undefined {
  const status = look(path)
  if (status === undefined) return undefined
  assertFile(path, status)
  // SQLite takes a file of one byte for an empty one, and would overwrite it.
  if (status.size === 1) {
    throw new ConvoDbError(
      'NOT_A_CONVODB_FILE',
      `${path} is not a database; it was left as it was. Choose another path.`,
      { path },
    )
  }
  return status
}

/** @throws CANNOT_OPEN */
export function assertFile(path: string, status: Stats): void {
  if (status.isFile()) return
  throw new ConvoDbError('CANNOT_OPEN', `${path} is ${kindOf(status)}, not a file`, { path })
}

/** @throws CANNOT_OPEN for a file that this user may only read, or that is on a disk that is read-only */
export function assertWritable(path: string): void {
  try {
    accessSync(path, constants.W_OK)
  } catch (error) {
    throw toFileError(error, path, `${path} can not be written to`)
  }
}

/**
 * Refuses a file that has more names than one. Each name would have a log of its own beside it, and whoever writes through one
 * breaks what the others read
 * (https://www.sqlite.org/howtocorrupt.html#_multiple_links_to_the_same_file_).
 *
 * @throws CANNOT_OPEN
 */
export function assertOneName(path: string, { nlink: names }: Stats): void {
  if (names <= 1) return
  throw new ConvoDbError(
    'CANNOT_OPEN',
    `${path} is one of ${names} names (hard links) of one file, which is damaged when it is opened by several; remove the others, or open a copy`,
    { path, names },
  )
}

/** Undefined where there is nothing; not through a symbolic link. @throws CANNOT_OPEN, IO_ERROR */
export function look(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch (error) {
    throw toFileError(error, path)
  }
}

export function kindOf(status: Stats): string {
  if (status.isDirectory()) return 'a folder'
  if (status.isSymbolicLink()) return 'a symbolic link'
  if (status.isFIFO()) return 'a pipe (FIFO)'
  if (status.isSocket()) return 'a socket'
  return status.isFile() ? 'a file' : 'a device'
}
