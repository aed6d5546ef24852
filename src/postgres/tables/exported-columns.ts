import { extraColumns, extraNames } from '../../protocol/message-fields.js'
import type { ExportKind } from '../../protocol/transfer-parameters.js'

/** Kinds whose rows are one line each, found by a key of their own. */
export type PlainKind = Exclude<ExportKind, 'segment' | 'embedding'>

const ofChannel = (column: string): string => `($3::text IS NULL OR ${column} = $3::text)`

/** Rows of one millisecond are not far from each other, while a message may have very many. */
const keysOfOneMoment = 1_000

/** Whether no row of the message is the same but for its key, and before it: an import could not tell that from the same line once more. */
const isFirst = (table: string, name: string, key: string, columns: readonly string[]): string => `
      NOT EXISTS (
        SELECT 1 FROM ${table} AS earlier
        WHERE earlier.message_key = ${name}.message_key AND earlier.channel_id = ${name}.channel_id AND earlier.${key} < ${name}.${key}
          AND earlier.${key} >= ${name}.${key} - ${keysOfOneMoment}
          AND ${columns.map((column) => `earlier.${column} IS NOT DISTINCT FROM ${name}.${column}`).join(' AND ')}
      )`

const isFirstVersion = isFirst('message_versions', 'versions', 'version_key', [
  'replaced_at',
  'edited_at',
  'content',
])
// Of those that stand a user has each once.
const isFirstReaction = `(reactions.removed_at IS NULL OR ${isFirst('message_reactions', 'reactions', 'reaction_key', ['user_id', 'reacted_at', 'removed_at', 'reaction'])})`

interface ExportSql {
  /** How many of the four values it binds: what belongs to no channel, and hangs on no message, takes two. */
  readonly takes: 2 | 3 | 4
  readonly sql: string
}

/**
 * Rows of a kind behind key `$1`, `$2` of them at most, in the order in which they came into being; of channel `$3` alone where it is
 * named; of messages and what is theirs no further than message `$4`. The key comes first.
 */
export const exportSql: { readonly [Kind in PlainKind]: ExportSql } = {
  forgotten: {
    takes: 2,
    sql: `
    SELECT encode(user_hash, 'hex') AS key, encode(user_hash, 'hex') AS "userHash", forgotten_at AS "forgottenAt"
    FROM forgotten_users WHERE user_hash > decode($1, 'hex')
    ORDER BY user_hash LIMIT $2`,
  },
  model: {
    takes: 2,
    sql: `
    SELECT model_key AS key, model, dimension FROM embedding_models
    WHERE model_key > $1 ORDER BY model_key LIMIT $2`,
  },
  channel: {
    takes: 3,
    sql: `
    /* all nodes */ SELECT channel_key AS key, channel_id AS "channelId", name, metadata, created_at AS "createdAt", last_active AS "lastActive"
    FROM channels WHERE channel_key > $1 AND ${ofChannel('channel_id')} ORDER BY channel_key LIMIT $2`,
  },
  user: {
    takes: 2,
    sql: `
    SELECT user_key AS key, user_id AS "userId", display_name AS "displayName", metadata, first_seen AS "firstSeen" FROM users
    WHERE user_key > $1 AND deleted_at IS NULL
    ORDER BY user_key LIMIT $2`,
  },
  message: {
    takes: 4,
    sql: `
    /* all nodes */ SELECT message_key AS key, message_id AS "messageId", channel_id AS "channelId", user_id AS "userId", content, timestamp,
      ${extraNames.map((name, index) => `${extraColumns[index]} AS "${name}"`).join(', ')}
    FROM messages WHERE message_key > $1 AND message_key <= $4 AND ${ofChannel('channel_id')} ORDER BY message_key LIMIT $2`,
  },
  version: {
    takes: 4,
    sql: `
    /* all nodes */ SELECT versions.version_key AS key, messages.message_id AS "ownerId", versions.content, versions.edited_at AS "editedAt",
      versions.replaced_at AS "replacedAt"
    FROM message_versions AS versions
    JOIN messages ON messages.message_key = versions.message_key AND messages.channel_id = versions.channel_id
    WHERE versions.version_key > $1 AND versions.message_key <= $4 AND ${ofChannel('versions.channel_id')} AND ${ofChannel('messages.channel_id')}
      AND ${isFirstVersion}
    ORDER BY versions.version_key LIMIT $2`,
  },
  reaction: {
    takes: 4,
    sql: `
    /* all nodes */ SELECT reactions.reaction_key AS key, messages.message_id AS "ownerId", reactions.user_id AS "userId", reactions.reaction,
      reactions.reacted_at AS "reactedAt", reactions.removed_at AS "removedAt"
    FROM message_reactions AS reactions
    JOIN messages ON messages.message_key = reactions.message_key AND messages.channel_id = reactions.channel_id
    WHERE reactions.reaction_key > $1 AND reactions.message_key <= $4 AND ${ofChannel('reactions.channel_id')} AND ${ofChannel('messages.channel_id')}
      AND ${isFirstReaction}
    ORDER BY reactions.reaction_key LIMIT $2`,
  },
  activity: {
    takes: 2,
    sql: `
    SELECT user_key AS key, user_id AS "userId", message_count AS "messageCount", first_seen AS "firstSeen",
      last_active AS "lastActive", deleted_at AS "deletedAt"
    FROM users WHERE user_key > $1 ORDER BY user_key LIMIT $2`,
  },
  profile: {
    takes: 2,
    sql: `
    SELECT users.user_key AS key, users.user_id AS "userId", profiles.profile, profiles.updated_at AS "updatedAt"
    FROM user_profiles AS profiles JOIN users ON users.user_id = profiles.user_id
    WHERE users.user_key > $1
    ORDER BY users.user_key LIMIT $2`,
  },
}

export const selectLastMessage = `/* all nodes */ SELECT coalesce(max(message_key), 0) AS key FROM messages`
export const selectLastSegment = `/* all nodes */ SELECT coalesce(max(segment_key), 0) AS key FROM conversation_segments`

// A range of conversation_segments_by_key.
export const selectSegment = `
  /* all nodes */ SELECT segments.segment_key AS key, segments.segment_id AS "segmentId", segments.channel_id AS "channelId",
    segments.start_time AS "startTime", segments.end_time AS "endTime", segments.summary,
    segments.coherence_score AS "coherenceScore", segments.activity_level AS "activityLevel", segments.vector, segments.metadata
  FROM conversation_segments AS segments
  WHERE segments.segment_key > $1 AND segments.segment_key <= $2 AND ${ofChannel('segments.channel_id')}
  ORDER BY segments.segment_key LIMIT 1`
export const selectSegmentId = `
  /* all nodes */ SELECT segment_id AS "segmentId", channel_id AS "channelId" FROM conversation_segments WHERE segment_key = $1`
// A range of segment_messages_by_position.
export const selectMembers = `
  SELECT messages.message_id AS "messageId", members.position, members.contribution_score AS "contributionScore",
    members.message_key AS key
  FROM segment_messages AS members
  JOIN messages ON messages.message_key = members.message_key AND messages.channel_id = members.channel_id
  WHERE members.channel_id = $1 AND messages.channel_id = $1 AND members.segment_key = $2 AND members.message_key <= $3
    AND (members.position, members.message_key) > ($4::bigint, $5::bigint)
  ORDER BY members.position, members.message_key LIMIT $6`

/** Of messages first, then of segments: behind (owner's key, model's key). */
export const selectEmbeddings = {
  message: `
    /* all nodes */ SELECT embeddings.message_key AS key, embeddings.model_key AS "modelKey", 'message' AS "ownerType",
      messages.message_id AS "ownerId", models.model, embeddings.vector, embeddings.created_at AS "createdAt"
    FROM message_embeddings AS embeddings
    JOIN messages ON messages.message_key = embeddings.message_key AND messages.channel_id = embeddings.channel_id
    JOIN embedding_models AS models ON models.model_key = embeddings.model_key
    WHERE (embeddings.message_key, embeddings.model_key) > ($1::bigint, $4::bigint) AND embeddings.message_key <= $5
      AND ${ofChannel('embeddings.channel_id')} AND ${ofChannel('messages.channel_id')}
    ORDER BY embeddings.message_key, embeddings.model_key LIMIT $2`,
  segment: `
    /* all nodes */ SELECT embeddings.segment_key AS key, embeddings.model_key AS "modelKey", 'segment' AS "ownerType",
      segments.segment_id AS "ownerId", models.model, embeddings.vector, embeddings.created_at AS "createdAt"
    FROM segment_embeddings AS embeddings
    JOIN conversation_segments AS segments
      ON segments.segment_key = embeddings.segment_key AND segments.channel_id = embeddings.channel_id
    JOIN embedding_models AS models ON models.model_key = embeddings.model_key
    WHERE (embeddings.segment_key, embeddings.model_key) > ($1::bigint, $4::bigint) AND embeddings.segment_key <= $5
      AND ${ofChannel('embeddings.channel_id')} AND ${ofChannel('segments.channel_id')}
    ORDER BY embeddings.segment_key, embeddings.model_key LIMIT $2`,
} as const
