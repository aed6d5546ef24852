import { rmSync } from 'node:fs'
import Database from 'better-sqlite3'
import { ConvoDbError } from '../../protocol/errors.js'
import { toErrorData } from '../connection/sqlite-errors.js'
import type { FileIdentity } from '../../protocol/messages.js'
import { fateOf, identityOf } from './file-identity.js'
import { createPrivately } from './sidecars.js'

/**
 * A lock on a file, which the system drops with the process that has it: SQLite's own, on an empty database. A RESERVED lock
 * is one at a time (https://www.sqlite.org/lockingv3.html).
 */
export class LockFile {
  readonly #path: string
  readonly #database: Database.Database
  readonly #identity: FileIdentity
  /** Whether the file was not there before. */
  readonly isNew: boolean

  private constructor(path: string, database: Database.Database, identity: FileIdentity, isNew: boolean) {
    this.#path = path
    this.#database = database
    this.#identity = identity
    this.isNew = isNew
  }

  /** Undefined where somebody has it. @throws CANNOT_OPEN, DISK_FULL, IO_ERROR, and what `assertOwn` throws */
  static take(path: string, assertOwn: () => void): LockFile | undefined {
    let held: Database.Database | undefined
    let isNew = false
    try {
      for (;;) {
        if (createPrivately(path)) isNew = true
        else assertOwn()
        const locked = lock(path)
        if (locked === 'gone') continue
        // Whoever gives the lock up removes its file. Who has locked that one meanwhile holds nothing: a second look at the
        // path finds the lock taken only where it is the same file.
        const identity = locked === 'taken' && held !== undefined ? identityOf(path) : undefined
        if (held !== undefined && identity !== undefined) return new LockFile(path, held, identity, isNew)
        held?.close()
        if (locked === 'taken') return undefined
        held = locked
      }
    } catch (error) {
      held?.close()
      throw error
    }
  }

  /** Whether whoever comes by the path now finds this lock. */
  get isInPlace(): boolean {
    const fate = fateOf(this.#path, this.#identity)
    return fate === 'same' || fate === 'linked'
  }

  /** Removes the file, where it is still this one. Windows does not remove what is open; there the empty file stays. */
  remove(): void {
    if (process.platform !== 'win32' && this.isInPlace) rmSync(this.#path, { force: true })
  }

  unlock(): void {
    this.#database.close()
  }
}

/** The lock, or that somebody has it, or that the file has just been removed. */
function lock(path: string): Database.Database | 'taken' | 'gone' {
  let database: Database.Database | undefined
  try {
    // SQLite would make a file that is not there, and follow a link that somebody was quick to put in its place.
    database = new Database(path, { timeout: 0, fileMustExist: true })
    // Its journal would be one more file beside the database.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE')
    return database
  } catch (error) {
    database?.close()
    const { code, message } = toErrorData(error)
    if (code === 'BUSY') return 'taken'
    if (identityOf(path) === undefined) return 'gone'
    throw new ConvoDbError('CANNOT_OPEN', `${path} can not be opened: ${message}`, { path })
  }
}
