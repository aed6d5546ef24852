import type { CheckpointResult, ReleasedSpace, RowCounts } from '../../protocol/models.js'
import type { Session } from '../connection/session.js'
import { catalogueTables, contentTables } from '../schema/tables.js'

// Each by itself: a cluster asks its nodes for what belongs to channels, and answers the others alone.
const countChannels = `/* all nodes */ SELECT count(*) AS channels, coalesce(sum(message_count), 0)::bigint AS messages FROM channels`
const countMessageEmbeddings = `/* all nodes */ SELECT count(*) AS count FROM message_embeddings`
const countSegmentEmbeddings = `/* all nodes */ SELECT count(*) AS count FROM segment_embeddings`
const countSegments = `/* all nodes */ SELECT count(*) AS count FROM conversation_segments`
const countMembers = `/* all nodes */ SELECT count(*) AS count FROM segment_messages`
const countUsers = `
  SELECT (SELECT count(*) FROM users WHERE deleted_at IS NULL) AS users, (SELECT count(*) FROM user_profiles) AS "userProfiles"`

export async function countRows(session: Session): Promise<RowCounts> {
  const count = async (sql: string): Promise<number> =>
    (await session.get<{ count: number }>(sql))?.count ?? 0
  const [counted, ofUsers, ofMessages, ofSegments, conversationSegments, segmentMessages] = await Promise.all(
    [
      session.get<Pick<RowCounts, 'channels' | 'messages'>>(countChannels),
      session.get<Pick<RowCounts, 'users' | 'userProfiles'>>(countUsers),
      count(countMessageEmbeddings),
      count(countSegmentEmbeddings),
      count(countSegments),
      count(countMembers),
    ],
  )
  const { channels = 0, messages = 0 } = counted ?? {}
  const { users = 0, userProfiles = 0 } = ofUsers ?? {}
  const embeddings = ofMessages + ofSegments
  return { channels, messages, embeddings, users, userProfiles, conversationSegments, segmentMessages }
}

/** The server checkpoints by itself. */
export const checkpoint = async (): Promise<CheckpointResult> => ({
  busy: false,
  walFrames: 0,
  checkpointedFrames: 0,
})

/** Has the server look at all tables anew, for its plans. */
export async function optimize(session: Session): Promise<void> {
  for (const sql of session.isDivided ? onEachTable('ANALYZE') : ['ANALYZE']) await session.run(sql)
}

const onEachTable = (statement: 'ANALYZE' | 'VACUUM'): string[] =>
  [...contentTables, ...catalogueTables].map((name) => `${statement} ${name}`)

const selectBytes = `SELECT pg_database_size(current_database()) AS bytes`
// What is on other nodes is not in the size of the coordinator's database.
const selectBytesOfCluster = `
  SELECT (pg_database_size(current_database())
    + (SELECT coalesce(sum(citus_total_relation_size(name::regclass, false)), 0) FROM unnest($1::text[]) AS names (name)))::bigint AS bytes`

/** How many bytes the server has of the database, or the cluster. */
export async function readBytes(session: Session): Promise<number> {
  const found = session.isDivided
    ? await session.get<{ bytes: number }>(selectBytesOfCluster, [contentTables])
    : await session.get<{ bytes: number }>(selectBytes)
  return found?.bytes ?? 0
}

/** Outside a transaction. Room inside tables is for what is stored next; a table's end goes back to the file system. */
export async function releaseSpace(session: Session): Promise<ReleasedSpace> {
  const before = await readBytes(session)
  for (const sql of session.isDivided ? onEachTable('VACUUM') : ['VACUUM']) await session.run(sql)
  return { releasedBytes: Math.max(0, before - (await readBytes(session))), hasMore: false }
}
