import type { CheckpointResult, RowCounts } from '../../protocol/models.js'
import type { WireParams } from '../../protocol/operations.js'
import type { ReadConnection, WriteConnection } from '../connection.js'

// Messages and members are summed from their owners' counters; the rest is counted over each table's narrowest index.
const countAll = `
  SELECT
    (SELECT count(*) FROM channels) AS channels,
    (SELECT coalesce(sum(message_count), 0) FROM channels) AS messages,
    (SELECT count(*) FROM embeddings) AS embeddings,
    (SELECT count(*) FROM users WHERE deleted_at IS NULL) AS users,
    (SELECT count(*) FROM user_profiles) AS userProfiles,
    (SELECT count(*) FROM conversation_segments) AS conversationSegments,
    (SELECT coalesce(sum(message_count), 0) FROM conversation_segments) AS segmentMessages`

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

/** https://www.sqlite.org/pragma.html#pragma_optimize */
export function optimize(connection: WriteConnection): void {
  connection.run('PRAGMA optimize')
}
