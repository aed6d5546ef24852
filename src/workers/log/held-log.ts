import type { ConnectionSettings } from '../../protocol/messages.js'
import type { Connection } from '../connection/connection.js'
import { openReadConnection } from '../connection/open.js'
import { outcomeOf } from '../connection/outcome.js'

/**
 * Keeps the write-ahead log from starting anew, after a sync of the file failed while the log was copied into it. The system
 * counts what it could not write as written, and SQLite counts what it copied as copied: a later checkpoint that ends well
 * would let go of the only good copy, and the next power failure would break the file. While one reader has its snapshot the
 * log only grows; and when all connections are closed, the reader's as the last one, the next opening copies it all again.
 *
 * The reader's connection is there from the start, since what makes a sync fail may leave none to be opened. It is
 * read-only, so that its closing does not checkpoint (https://www.sqlite.org/wal.html).
 */
export class HeldLog {
  readonly #settings: ConnectionSettings
  #reader: Connection | undefined
  #isWanted = false
  #isHeld = false

  constructor(settings: ConnectionSettings) {
    this.#settings = settings
  }

  /** Whether the log is to be held, and nothing may checkpoint, from the fault on until the database is closed. */
  get isWanted(): boolean {
    return this.#isWanted
  }

  /** To be called before the first checkpoint. */
  prepare(): void {
    if (this.#reader !== undefined) return
    this.#reader = openReadConnection({ ...this.#settings, cacheSizeKib: 64 })
    // From its first look on the connection keeps the file from a checkpoint at the closing of the writer's.
    this.#look(this.#reader)
  }

  /** To be called after the fault, and again before each later commit: taking the snapshot may fail for a while, too. */
  hold(): void {
    this.#isWanted = true
    if (this.#isHeld) return
    this.#isHeld = outcomeOf(() => {
      this.prepare()
      const reader = this.#reader
      if (reader === undefined) return
      if (!reader.inTransaction) reader.exec('BEGIN')
      this.#look(reader)
    }).ok
  }

  /** To be called when every other connection is closed. */
  close(): void {
    this.#reader?.close()
    this.#reader = undefined
  }

  #look(reader: Connection): void {
    reader.get('SELECT last_key FROM indexed_messages WHERE id = 1')
  }
}
