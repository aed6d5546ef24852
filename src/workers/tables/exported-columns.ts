import { recordColumns } from './messages.js'
import type { ExportKind } from '../../protocol/transfer-parameters.js'

/** Lines that are made at a time, where they are short. */
export const linesPerPage = 1_000

/** The last message and the last segment that are in an export; what came later, while it ran, is not. */
export interface ExportEnd {
  readonly lastMessage: number
  readonly lastSegment: number
}

/** Which rows an export has. */
export type ExportScope = ExportEnd & {
  /** Those of one channel alone; null stands for all. */
  readonly channelKey: number | null
}

/** How rows of one kind are found and read. */
interface ExportSql {
  /**
   * Keys behind `:after`, in order; those of one channel where `:channelKey` is given. Messages and segments beyond
   * `:lastMessage` and `:lastSegment` came during the export, and neither they nor what is theirs is in it.
   */
  readonly find: string
  /** One row by its key. */
  readonly load: string
}

const ofChannel = (column: string): string => `(:channelKey IS NULL OR ${column} = :channelKey)`

// Of what hangs on a message.
const ofMessageOfChannel = ofChannel(
  `(SELECT channel_key FROM main.messages WHERE messages.message_key = kept.message_key)`,
)

/** Rows of one millisecond are not far from each other, while a message may have very many. */
const keysOfOneMoment = 1_000

/**
 * Whether no row of the message is the same but for its key, and before it: an import could not tell that from the same line once more.
 * Seeks message_versions_by_message and message_reactions_by_message.
 */
const isFirst = (table: string, key: string, columns: readonly string[]): string => `
  NOT EXISTS (
    SELECT 1 FROM main.${table} AS earlier
    WHERE earlier.message_key = kept.message_key AND earlier.${key} < kept.${key}
      AND earlier.${key} >= kept.${key} - ${keysOfOneMoment}
      AND ${columns.map((column) => `earlier.${column} IS kept.${column}`).join(' AND ')}
  )`

const isFirstVersion = isFirst('message_versions', 'version_key', ['replaced_at', 'edited_at', 'content'])
// Of those that stand a user has each once.
const isFirstReaction = `(kept.removed_at IS NULL OR ${isFirst('message_reactions', 'reaction_key', ['user_key', 'reacted_at', 'removed_at', 'reaction'])})`

export const selectEnd = `
  SELECT
    (SELECT coalesce(max(message_key), 0) FROM messages) AS lastMessage,
    (SELECT coalesce(max(segment_key), 0) FROM conversation_segments) AS lastSegment`

/** Every kind in the order of its keys, which is that in which its rows came into being. */
export const exportSql: { readonly [Kind in ExportKind]: ExportSql } = {
  forgotten: {
    find: `
      SELECT lower(hex(user_hash)) FROM forgotten_users WHERE user_hash > unhex(:after) ORDER BY user_hash LIMIT :limit`,
    load: `
      SELECT lower(hex(user_hash)) AS userHash, forgotten_at AS forgottenAt FROM forgotten_users
      WHERE user_hash = unhex(?)`,
  },
  model: {
    find: `SELECT model_key FROM embedding_models WHERE model_key > :after ORDER BY model_key LIMIT :limit`,
    load: `SELECT model, dimension FROM embedding_models WHERE model_key = ?`,
  },
  channel: {
    find: `
      SELECT channel_key FROM channels WHERE channel_key > :after AND ${ofChannel('channel_key')}
      ORDER BY channel_key LIMIT :limit`,
    load: `
      SELECT channel_id AS channelId, name, metadata, created_at AS createdAt, last_active AS lastActive
      FROM channels WHERE channel_key = ?`,
  },
  user: {
    find: `
      SELECT user_key FROM users WHERE user_key > :after AND deleted_at IS NULL ORDER BY user_key LIMIT :limit`,
    load: `
      SELECT user_id AS userId, display_name AS displayName, metadata, first_seen AS firstSeen
      FROM users WHERE user_key = ?`,
  },
  message: {
    find: `
      SELECT message_key FROM messages
      WHERE message_key > :after AND message_key <= :lastMessage AND ${ofChannel('channel_key')}
      ORDER BY message_key LIMIT :limit`,
    load: `
      SELECT
        ${recordColumns}
      FROM messages
      CROSS JOIN channels ON channels.channel_key = messages.channel_key
      CROSS JOIN users ON users.user_key = messages.user_key
      WHERE messages.message_key = ?`,
  },
  version: {
    find: `
      SELECT version_key FROM message_versions AS kept
      WHERE version_key > :after AND message_key <= :lastMessage AND ${ofMessageOfChannel} AND ${isFirstVersion}
      ORDER BY version_key LIMIT :limit`,
    load: `
      SELECT messages.message_id AS ownerId, versions.content, versions.edited_at AS editedAt, versions.replaced_at AS replacedAt
      FROM message_versions AS versions CROSS JOIN main.messages ON messages.message_key = versions.message_key
      WHERE versions.version_key = ?`,
  },
  reaction: {
    find: `
      SELECT reaction_key FROM message_reactions AS kept
      WHERE reaction_key > :after AND message_key <= :lastMessage AND ${ofMessageOfChannel} AND ${isFirstReaction}
      ORDER BY reaction_key LIMIT :limit`,
    load: `
      SELECT
        messages.message_id AS ownerId, users.user_id AS userId, reactions.reaction, reactions.reacted_at AS reactedAt,
        reactions.removed_at AS removedAt
      FROM message_reactions AS reactions
      CROSS JOIN main.messages ON messages.message_key = reactions.message_key
      CROSS JOIN main.users ON users.user_key = reactions.user_key
      WHERE reactions.reaction_key = ?`,
  },
  activity: {
    find: `SELECT user_key FROM users WHERE user_key > :after ORDER BY user_key LIMIT :limit`,
    load: `
      SELECT
        user_id AS userId, message_count AS messageCount, first_seen AS firstSeen, last_active AS lastActive,
        deleted_at AS deletedAt
      FROM users WHERE user_key = ?`,
  },
  profile: {
    find: `SELECT user_key FROM user_profiles WHERE user_key > :after ORDER BY user_key LIMIT :limit`,
    load: `
      SELECT users.user_id AS userId, profiles.profile, profiles.updated_at AS updatedAt
      FROM user_profiles AS profiles CROSS JOIN users ON users.user_key = profiles.user_key
      WHERE profiles.user_key = ?`,
  },
  segment: {
    find: `
      SELECT segment_key FROM conversation_segments
      WHERE segment_key > :after AND segment_key <= :lastSegment AND ${ofChannel('channel_key')}
      ORDER BY segment_key LIMIT :limit`,
    load: `
      SELECT
        segments.segment_id AS segmentId, channels.channel_id AS channelId, segments.start_time AS startTime,
        segments.end_time AS endTime, segments.summary, segments.coherence_score AS coherenceScore,
        segments.activity_level AS activityLevel, segments.vector, segments.metadata
      FROM conversation_segments AS segments
      CROSS JOIN channels ON channels.channel_key = segments.channel_key
      WHERE segments.segment_key = ?`,
  },
  embedding: {
    find: `
      SELECT embedding_key FROM embeddings
      WHERE embedding_key > :after AND coalesce(message_key <= :lastMessage, segment_key <= :lastSegment)
      AND ${ofChannel(`coalesce(
        (SELECT channel_key FROM messages WHERE messages.message_key = embeddings.message_key),
        (SELECT channel_key FROM conversation_segments AS segments WHERE segments.segment_key = embeddings.segment_key)
      )`)}
      ORDER BY embedding_key LIMIT :limit`,
    load: `
      SELECT
        iif(embeddings.message_key IS NULL, 'segment', 'message') AS ownerType,
        coalesce(
          (SELECT message_id FROM messages WHERE messages.message_key = embeddings.message_key),
          (SELECT segment_id FROM conversation_segments AS segments WHERE segments.segment_key = embeddings.segment_key)
        ) AS ownerId,
        models.model, embeddings.vector, embeddings.created_at AS createdAt
      FROM embeddings CROSS JOIN embedding_models AS models ON models.model_key = embeddings.model_key
      WHERE embeddings.embedding_key = ?`,
  },
}
