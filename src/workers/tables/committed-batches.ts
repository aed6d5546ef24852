import type { Fate } from '../../protocol/tasks.js'
import { maxBatchesUnderWay } from '../../protocol/batch.js'
import type { ReadConnection, WriteConnection } from '../connection/connection.js'

// All of them seek the primary key (source, slot). Threads are sources from 1 on; source 0 holds two numbers of the file's own:
// in slot 0 one made up for each opening, in slot 1 how many transactions were recorded since. On the page that every transaction
// writes anyway.
const upsertBatch = `
  INSERT INTO committed_batches (source, slot, batch) VALUES (?, ?, ?)
  ON CONFLICT (source, slot) DO UPDATE SET batch = excluded.batch`
const selectBatch = `SELECT batch FROM committed_batches WHERE source = ? AND slot = ?`
const deleteAll = `DELETE FROM committed_batches`

const ownSource = 0
const openingSlot = 0
const commitsSlot = 1

/** Notes in the batch's own transaction that it is committed. */
export function recordBatch(connection: WriteConnection, source: number, batch: number): void {
  connection.run(upsertBatch, [source, batch % maxBatchesUnderWay, batch])
}

/** Counts a transaction, inside it. */
export function recordTransaction(connection: WriteConnection): void {
  const { memory } = connection
  const commits = (memory.commits ?? readCommits(connection).commits) + 1
  connection.run(upsertBatch, [ownSource, commitsSlot, commits])
  memory.commits = commits
}

/** What became of a thread's last batches; a thread's batches are committed in the order of their numbers. */
export function readFates(connection: ReadConnection, source: number, batches: readonly number[]): Fate[] {
  return batches.map((batch) =>
    readNumber(connection, source, batch % maxBatchesUnderWay) >= batch ? 'committed' : 'notCommitted',
  )
}

/** Which opening of the file this is, and how many transactions it has recorded. */
export function readCommits(connection: ReadConnection): { opening: number; commits: number } {
  return {
    opening: readNumber(connection, ownSource, openingSlot),
    commits: readNumber(connection, ownSource, commitsSlot),
  }
}

/** Begins a new opening. The batches of the one before are forgotten: nobody will ask about them. */
export function recordOpening(connection: WriteConnection, opening: number): void {
  connection.run('BEGIN IMMEDIATE')
  try {
    connection.run(deleteAll)
    connection.run(upsertBatch, [ownSource, openingSlot, opening])
    connection.run('COMMIT')
  } finally {
    if (connection.inTransaction) connection.run('ROLLBACK')
  }
}

const readNumber = (connection: ReadConnection, source: number, slot: number): number =>
  connection.get<{ batch: number }>(selectBatch, [source, slot])?.batch ?? 0
