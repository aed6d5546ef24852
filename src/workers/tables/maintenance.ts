import type { CheckpointResult, ReleasedSpace, RowCounts } from '../../protocol/models.js'
import type { WireParams } from '../../protocol/operations.js'
import type { ReadConnection, WriteConnection } from '../connection.js'

// Messages and members are summed from their owners' counters; the rest is counted over each table's narrowest index.
const countAll = `
  SELECT
    (SELECT count(*) FROM main.channels) AS channels,
    (SELECT coalesce(sum(message_count), 0) FROM main.channels) AS messages,
    (SELECT count(*) FROM main.embeddings) AS embeddings,
    (SELECT count(*) FROM main.users WHERE deleted_at IS NULL) AS users,
    (SELECT count(*) FROM main.user_profiles) AS userProfiles,
    (SELECT count(*) FROM main.conversation_segments) AS conversationSegments,
    (SELECT coalesce(sum(message_count), 0) FROM main.conversation_segments) AS segmentMessages`

// PRAGMA takes no parameters, so each mode is spelled out (https://www.sqlite.org/pragma.html#pragma_wal_checkpoint).
const checkpointSql = {
  passive: 'PRAGMA wal_checkpoint(PASSIVE)',
  full: 'PRAGMA wal_checkpoint(FULL)',
  restart: 'PRAGMA wal_checkpoint(RESTART)',
  truncate: 'PRAGMA wal_checkpoint(TRUNCATE)',
} as const

const noRows: RowCounts = {
  channels: 0,
  messages: 0,
  embeddings: 0,
  users: 0,
  userProfiles: 0,
  conversationSegments: 0,
  segmentMessages: 0,
}

export function countRows(connection: ReadConnection): RowCounts {
  const counts = connection.get<RowCounts>(countAll) ?? noRows
  return { ...counts, messages: counts.messages + connection.recent.size }
}

export function checkpoint(
  connection: WriteConnection,
  { mode = 'passive' }: WireParams<'checkpoint'>,
): CheckpointResult {
  const row = connection.get<{ busy: number; log: number; checkpointed: number }>(checkpointSql[mode])
  return {
    busy: row?.busy !== 0,
    walFrames: row?.log ?? 0,
    checkpointedFrames: row?.checkpointed ?? 0,
  }
}

/** One slice releases for so long; its commit comes on top. */
const releaseMs = 15
const vacuumStep = 'PRAGMA incremental_vacuum(32)'
const selectFreeBytes = `SELECT freelist_count * page_size AS freeBytes FROM pragma_freelist_count, pragma_page_size`

/**
 * Gives free pages at the file's end back to the file system, for some 15 ms. A file that has no room for them in its
 * bookkeeping, since it is from before schema 3, keeps them for what is stored next.
 */
export function releaseSpace(connection: WriteConnection): ReleasedSpace {
  const free = (): number => connection.get<{ freeBytes: number }>(selectFreeBytes)?.freeBytes ?? 0
  const deadlineMs = performance.now() + releaseMs
  const before = free()
  let after = before
  let released = before > 0
  connection.run('BEGIN IMMEDIATE')
  try {
    while (released && after > 0 && performance.now() < deadlineMs) {
      connection.exec(vacuumStep)
      const left = free()
      released = left < after
      after = left
    }
    connection.run('COMMIT')
  } finally {
    if (connection.inTransaction) connection.run('ROLLBACK')
  }
  return { releasedBytes: before - after, hasMore: released && after > 0 }
}

/** https://www.sqlite.org/pragma.html#pragma_optimize */
export function optimize(connection: WriteConnection): void {
  connection.run('PRAGMA optimize')
}
