import type { ConnectionSettings } from '../protocol/messages.js'
import type { Connection } from './connection.js'
import { openReadConnection } from './open.js'

/**
 * Keeps the write-ahead log from starting anew, after a sync of the file failed while the log was copied into it. The system
 * counts what it could not write as written, and SQLite counts what it copied as copied: a later checkpoint that ends well
 * would let go of the only good copy, and the next power failure would break the file. While one reader has its snapshot the
 * log only grows; and when all connections are closed, the reader's as the last one, the next opening copies it all again.
 *
 * A reader's connection is read-only, so that its closing does not checkpoint (https://www.sqlite.org/wal.html).
 */
export class HeldLog {
  readonly #settings: ConnectionSettings
  #reader: Connection | undefined

  constructor(settings: ConnectionSettings) {
    this.#settings = settings
  }

  get isHeld(): boolean {
    return this.#reader !== undefined
  }

  /** Before the next checkpoint is tried. */
  hold(): void {
    if (this.#reader !== undefined) return
    const reader = openReadConnection({ ...this.#settings, cacheSizeKib: 64 })
    reader.exec('BEGIN')
    reader.get('SELECT last_key FROM merged_messages WHERE id = 1')
    this.#reader = reader
  }

  /** To be called when every other connection is closed. */
  close(): void {
    this.#reader?.close()
    this.#reader = undefined
  }
}
