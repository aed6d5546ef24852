import type { EmbeddingOwner } from '../../../protocol/models.js'
import type { Check } from './inspection.js'
import { messagesByKey, segmentsByKey, walk } from './walk.js'

const selectPlaces = `SELECT place_key AS placeKey, owner FROM embedding_places`

// Of the owners up to a place, each has a vector or a row that says it is pending.
const missing = (table: string, key: string): string => `
  SELECT owners.${key} AS key FROM ${table} AS owners
  WHERE owners.${key} > :after AND owners.${key} <= :through
    AND owners.${key} <= (SELECT last_key FROM embedding_places WHERE place_key = :placeKey)
    AND NOT EXISTS (
      SELECT 1 FROM embeddings WHERE embeddings.${key} = owners.${key} AND model_key = (
        SELECT model_key FROM embedding_models
        WHERE model = (SELECT places.model FROM embedding_places AS places WHERE place_key = :placeKey)
      )
    )
    AND NOT EXISTS (SELECT 1 FROM pending_embeddings WHERE place_key = :placeKey AND owner_key = owners.${key})
  LIMIT :room`
const owners = {
  message: { table: 'messages', rows: messagesByKey, missing: missing('messages', 'message_key') },
  segment: {
    table: 'conversation_segments',
    rows: segmentsByKey,
    missing: missing('conversation_segments', 'segment_key'),
  },
} as const

const strangers = `
  SELECT pending.place_key || '/' || pending.owner_key AS key
  FROM pending_embeddings AS pending CROSS JOIN embedding_places AS places ON places.place_key = pending.place_key
  WHERE pending.owner_key > places.last_key OR NOT iif(places.owner = 'message',
    EXISTS (SELECT 1 FROM messages WHERE message_key = pending.owner_key),
    EXISTS (SELECT 1 FROM conversation_segments WHERE segment_key = pending.owner_key))
  LIMIT :room`

interface PlaceRow {
  readonly placeKey: number
  readonly owner: EmbeddingOwner
}

/** What is pending against messages, segments and their vectors, both ways. */
export const pendingEmbeddings: Check = {
  name: 'pendingEmbeddings',
  snapshot: 'slice',
  run(inspection) {
    const { connection } = inspection
    const extra = connection.all<{ key: string }>(strangers, { room: inspection.room })
    inspection.reportRows('pending_embeddings', extra, 'Nothing that can be pending belongs to it')
    for (const { placeKey, owner } of connection.all<PlaceRow>(selectPlaces)) {
      // What else it can be is for the checksums to tell.
      if (!Object.hasOwn(owners, owner)) continue
      const { table, rows, missing: sql } = owners[owner]
      walk(inspection, rows, (range) => {
        const found = connection.all<{ key: number }>(sql, { ...range, placeKey, room: inspection.room })
        inspection.reportRows(table, found, 'It has no vector, and is not pending')
      })
    }
  },
}
