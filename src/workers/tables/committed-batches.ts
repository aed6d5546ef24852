import type { Fate } from '../../protocol/messages.js'
import { batchSlots } from '../../protocol/shared-answers.js'
import type { ReadConnection, WriteConnection } from '../connection.js'

// All of them seek the primary key (source, slot).
const upsertBatch = `
  INSERT INTO committed_batches (source, slot, batch) VALUES (?, ?, ?)
  ON CONFLICT (source, slot) DO UPDATE SET batch = excluded.batch`
const selectBatch = `SELECT batch FROM committed_batches WHERE source = ? AND slot = ?`
const deleteAll = `DELETE FROM committed_batches`

/** Notes in the batch's own transaction that it is committed. */
export function recordBatch(connection: WriteConnection, source: number, batch: number): void {
  connection.run(upsertBatch, [source, batch % batchSlots, batch])
}

/** What became of a thread's last batches; a thread's batches are committed in the order of their numbers. */
export function readFates(connection: ReadConnection, source: number, batches: readonly number[]): Fate[] {
  return batches.map((batch) => {
    const row = connection.get<{ batch: number }>(selectBatch, [source, batch % batchSlots])
    return row !== undefined && row.batch >= batch ? 'committed' : 'notCommitted'
  })
}

/** Those of an earlier process, which nobody will ask about. */
export function forgetBatches(connection: WriteConnection): void {
  connection.run(deleteAll)
}
