import type { CheckpointResult, ReleasedSpace, RowCounts } from '../../protocol/models.js'
import type { Session } from '../connection/session.js'

const countAll = `
  SELECT
    (SELECT count(*) FROM channels) AS channels,
    (SELECT coalesce(sum(message_count), 0)::bigint FROM channels) AS messages,
    (SELECT count(*) FROM message_embeddings) + (SELECT count(*) FROM segment_embeddings) AS embeddings,
    (SELECT count(*) FROM users WHERE deleted_at IS NULL) AS users,
    (SELECT count(*) FROM user_profiles) AS "userProfiles",
    (SELECT count(*) FROM conversation_segments) AS "conversationSegments",
    (SELECT count(*) FROM segment_messages) AS "segmentMessages"`
const noRows: RowCounts = {
  channels: 0,
  messages: 0,
  embeddings: 0,
  users: 0,
  userProfiles: 0,
  conversationSegments: 0,
  segmentMessages: 0,
}

export const countRows = async (session: Session): Promise<RowCounts> =>
  (await session.get<RowCounts>(countAll)) ?? noRows

/** The server checkpoints by itself. */
export const checkpoint = async (): Promise<CheckpointResult> => ({
  busy: false,
  walFrames: 0,
  checkpointedFrames: 0,
})

/** Has the server look at all tables anew, for its plans. */
export async function optimize(session: Session): Promise<void> {
  await session.run('ANALYZE')
}

const selectBytes = `SELECT pg_database_size(current_database()) AS bytes`

/** Outside a transaction. Room inside tables is for what is stored next; a table's end goes back to the file system. */
export async function releaseSpace(session: Session): Promise<ReleasedSpace> {
  const bytes = async (): Promise<number> => (await session.get<{ bytes: number }>(selectBytes))?.bytes ?? 0
  const before = await bytes()
  await session.run('VACUUM')
  return { releasedBytes: Math.max(0, before - (await bytes())), hasMore: false }
}
