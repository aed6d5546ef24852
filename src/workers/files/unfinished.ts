import { lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ConvoDbError } from '../../protocol/errors.js'
import { kindOf } from './database-file.js'
import { toFileError } from './system-error.js'

/**
 * Where a copy is made: a folder beside its place, on the same disk, to which nobody else may write. In a folder to which others
 * may, a file would not do: whoever comes first with a symbolic link by its name, or by that of its journal, has us write to
 * what that stands for.
 */
export interface Unfinished {
  readonly folder: string
  readonly file: string
  remove(): void
}

/**
 * What an earlier copy that was killed has left there is removed.
 *
 * @throws CANNOT_OPEN, DISK_FULL, IO_ERROR
 */
export function createUnfinished(place: string): Unfinished {
  const folder = `${place}.unfinished`
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    if (isOwn(folder)) remove()
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    throw toFileError(error, folder, `The folder ${folder} can not be created`)
  }
  return { folder, file: join(folder, 'copy.db'), remove }
}

/** Whether it is there and was left by a process of ours. @throws CANNOT_OPEN where it was not */
function isOwn(folder: string): boolean {
  const status = lstatSync(folder, { throwIfNoEntry: false })
  if (status === undefined) return false
  const isUsers = process.geteuid === undefined || [process.geteuid(), 0].includes(status.uid)
  const what = status.isDirectory() ? foreignOf(folder, isUsers) : `is ${kindOf(status)}`
  if (what === undefined) return true
  throw new ConvoDbError(
    'CANNOT_OPEN',
    `${folder} ${what}, which no copy has left there; look who did, and remove it`,
    { path: folder },
  )
}

/** The copy with what SQLite makes beside it, and the logs of what it replaces. */
const namesOfCopies = /^(copy\.db(-journal|-wal|-shm)?|old-\d)$/

/** Why a folder is none that a copy has left. */
function foreignOf(folder: string, isUsers: boolean): string | undefined {
  if (!isUsers) return 'is a folder of another user'
  const name = readdirSync(folder).find((one) => !namesOfCopies.test(one))
  return name === undefined ? undefined : `holds ${name}`
}
