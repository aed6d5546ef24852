import type { EmbeddingOwner } from '../../protocol/models.js'
import { inChannels, type ChannelForm } from '../reading/channel-forms.js'

/** Statements by whose vectors they are of, in all forms of which channels they are of. */
export type VectorSql = {
  readonly [Owner in EmbeddingOwner]: { readonly [Form in ChannelForm]: string }
}

const ofMessages = (rest: string): string => `
  SELECT embeddings.channel_id AS "channelId", embeddings.message_key AS key, messages.timestamp AS time, embeddings.vector
  FROM message_embeddings AS embeddings
  JOIN messages ON messages.message_key = embeddings.message_key AND messages.channel_id = embeddings.channel_id ${rest}`
const ofSegments = (rest: string): string => `
  SELECT embeddings.channel_id AS "channelId", embeddings.segment_key AS key, segments.start_time AS time, embeddings.vector
  FROM segment_embeddings AS embeddings
  JOIN conversation_segments AS segments
    ON segments.segment_key = embeddings.segment_key AND segments.channel_id = embeddings.channel_id ${rest}`

// By pgvector, all that have a direction. Ranges of message_embeddings_by_channel and segment_embeddings_by_channel (model_key, channel_id).
export const selectNearest: VectorSql = {
  message: inChannels((of) =>
    ofMessages(`
    WHERE ${of('embeddings')} AND ${of('messages')} AND embeddings.model_key = $2 AND embeddings.direction IS NOT NULL
      AND ($3::text IS NULL OR messages.user_id = $3::text)
      AND messages.timestamp > $4::double precision AND messages.timestamp < $5::double precision
    ORDER BY embeddings.direction <#> $6::text::vector, messages.timestamp DESC, embeddings.message_key DESC LIMIT $7`),
  ),
  segment: inChannels((of) =>
    ofSegments(`
    WHERE ${of('embeddings')} AND ${of('segments')} AND embeddings.model_key = $2 AND embeddings.direction IS NOT NULL
      AND $3::text IS NULL
      AND segments.start_time > $4::double precision AND segments.start_time < $5::double precision
    ORDER BY embeddings.direction <#> $6::text::vector, segments.start_time DESC, embeddings.segment_key DESC LIMIT $7`),
  ),
}

const behindPlace = (which: string): VectorSql => ({
  message: inChannels((of) =>
    ofMessages(`
    WHERE ${of('embeddings')} AND ${of('messages')} AND embeddings.model_key = $2 ${which}
      AND (embeddings.channel_id, embeddings.message_key) > ($3, $4::bigint)
      AND ($5::text IS NULL OR messages.user_id = $5::text)
      AND messages.timestamp > $6::double precision AND messages.timestamp < $7::double precision
    ORDER BY embeddings.channel_id, embeddings.message_key LIMIT $8`),
  ),
  segment: inChannels((of) =>
    ofSegments(`
    WHERE ${of('embeddings')} AND ${of('segments')} AND embeddings.model_key = $2 ${which}
      AND (embeddings.channel_id, embeddings.segment_key) > ($3, $4::bigint) AND $5::text IS NULL
      AND segments.start_time > $6::double precision AND segments.start_time < $7::double precision
    ORDER BY embeddings.channel_id, embeddings.segment_key LIMIT $8`),
  ),
})

// Ranges of message_embeddings_by_channel and segment_embeddings_by_channel (model_key, channel_id, key), then each owner by its key.
export const selectVectors = behindPlace('')
// The others, which are few. Ranges of message_embeddings_without_direction and segment_embeddings_without_direction (the same columns).
export const selectWithoutDirection = behindPlace('AND embeddings.direction IS NULL')
