import { ConvoDbError } from '../../protocol/errors.js'
import type { ConnectionSettings } from '../../protocol/messages.js'
import type { Connection } from './connection.js'

type Pragma = readonly [name: string, value: number]

/** What every connection is set to (https://www.sqlite.org/pragma.html); sorted temporaries stay off the disk. */
const shared = (settings: ConnectionSettings): readonly Pragma[] => [
  ['busy_timeout', settings.busyTimeoutMs],
  ['cache_size', -settings.cacheSizeKib],
  ['foreign_keys', 1],
  ['temp_store', 2],
  ['trusted_schema', 0],
]

export const readerPragmas = (settings: ConnectionSettings): readonly Pragma[] => [
  ...shared(settings),
  ['query_only', 1],
]

/** FULL (2) syncs the WAL at every commit; NORMAL (1) only at checkpoints. */
const synchronous = ({ durability }: ConnectionSettings): number => (durability === 'full' ? 2 : 1)

/** It copies pages and needs none of its own; the log is synced before it is copied, the file after. */
export const checkpointerPragmas = (settings: ConnectionSettings): readonly Pragma[] => [
  ['busy_timeout', settings.busyTimeoutMs],
  ['cache_size', -64],
  ['synchronous', synchronous(settings)],
]

export const writerPragmas = (settings: ConnectionSettings): readonly Pragma[] => [
  ...shared(settings),
  ['query_only', 0],
  ['synchronous', synchronous(settings)],
  // Checkpoints are made where their faults are seen (checkpoints.ts).
  ['wal_autocheckpoint', 0],
  ['ignore_check_constraints', 0],
  // What is deleted is overwritten with zeros, so that it is gone from the file.
  ['secure_delete', 1],
  // So that REPLACE in a borrower's SQL runs the triggers of what it deletes.
  ['recursive_triggers', 1],
]

/** Sets each pragma and reads it back: SQLite ignores what it does not know, and says nothing. */
export function setPragmas(connection: Connection, pragmas: readonly Pragma[]): void {
  for (const [name, value] of pragmas) {
    connection.pragma(`${name} = ${value}`)
    const actual = connection.pragma(name)
    if (actual !== value) {
      throw new ConvoDbError('INTERNAL', `PRAGMA ${name} is ${String(actual)} after it was set to ${value}`)
    }
  }
}
