import type { EmbeddingOwner } from '../../protocol/models.js'

// By pgvector, all that have a direction. Ranges of message_embeddings_by_channel and segment_embeddings_by_channel (model_key, channel_id).
export const selectNearest: { readonly [Owner in EmbeddingOwner]: string } = {
  message: `
    SELECT embeddings.channel_id AS "channelId", embeddings.message_key AS key, messages.timestamp AS time, embeddings.vector
    FROM message_embeddings AS embeddings
    JOIN messages ON messages.message_key = embeddings.message_key AND messages.channel_id = embeddings.channel_id
    WHERE embeddings.model_key = $1 AND embeddings.direction IS NOT NULL
      AND ($2::text[] IS NULL OR embeddings.channel_id = ANY ($2::text[])) AND ($3::text IS NULL OR messages.user_id = $3::text)
      AND messages.timestamp > $4::double precision AND messages.timestamp < $5::double precision
    ORDER BY embeddings.direction <#> $6::text::vector, messages.timestamp DESC, embeddings.message_key DESC LIMIT $7`,
  segment: `
    SELECT embeddings.channel_id AS "channelId", embeddings.segment_key AS key, segments.start_time AS time, embeddings.vector
    FROM segment_embeddings AS embeddings
    JOIN conversation_segments AS segments
      ON segments.segment_key = embeddings.segment_key AND segments.channel_id = embeddings.channel_id
    WHERE embeddings.model_key = $1 AND embeddings.direction IS NOT NULL
      AND ($2::text[] IS NULL OR embeddings.channel_id = ANY ($2::text[])) AND $3::text IS NULL
      AND segments.start_time > $4::double precision AND segments.start_time < $5::double precision
    ORDER BY embeddings.direction <#> $6::text::vector, segments.start_time DESC, embeddings.segment_key DESC LIMIT $7`,
}

// The others, which are few: the same ranges, in which rows with a direction are passed over.
export const selectWithoutDirection: { readonly [Owner in EmbeddingOwner]: string } = {
  message: `
    SELECT embeddings.channel_id AS "channelId", embeddings.message_key AS key, messages.timestamp AS time, embeddings.vector
    FROM message_embeddings AS embeddings
    JOIN messages ON messages.message_key = embeddings.message_key AND messages.channel_id = embeddings.channel_id
    WHERE embeddings.model_key = $1 AND embeddings.direction IS NULL
      AND (embeddings.channel_id, embeddings.message_key) > ($2, $3::bigint)
      AND ($4::text[] IS NULL OR embeddings.channel_id = ANY ($4::text[])) AND ($5::text IS NULL OR messages.user_id = $5::text)
      AND messages.timestamp > $6::double precision AND messages.timestamp < $7::double precision
    ORDER BY embeddings.channel_id, embeddings.message_key LIMIT $8`,
  segment: `
    SELECT embeddings.channel_id AS "channelId", embeddings.segment_key AS key, segments.start_time AS time, embeddings.vector
    FROM segment_embeddings AS embeddings
    JOIN conversation_segments AS segments
      ON segments.segment_key = embeddings.segment_key AND segments.channel_id = embeddings.channel_id
    WHERE embeddings.model_key = $1 AND embeddings.direction IS NULL
      AND (embeddings.channel_id, embeddings.segment_key) > ($2, $3::bigint)
      AND ($4::text[] IS NULL OR embeddings.channel_id = ANY ($4::text[])) AND $5::text IS NULL
      AND segments.start_time > $6::double precision AND segments.start_time < $7::double precision
    ORDER BY embeddings.channel_id, embeddings.segment_key LIMIT $8`,
}
