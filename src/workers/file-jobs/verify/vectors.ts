import type { Check } from './inspection.js'
import { embeddingsByKey, segmentsByKey, walk } from './walk.js'

// A vector is float32 values, of 4 bytes each.
const wrongEmbeddings = `
  SELECT embeddings.embedding_key AS key
  FROM embeddings CROSS JOIN embedding_models AS models ON models.model_key = embeddings.model_key
  WHERE embeddings.embedding_key > :after AND embeddings.embedding_key <= :through
    AND length(embeddings.vector) IS NOT 4 * models.dimension
  LIMIT :room`
const wrongSegments = `
  SELECT segment_key AS key FROM conversation_segments
  WHERE segment_key > :after AND segment_key <= :through AND vector IS NOT NULL AND length(vector) % 4 IS NOT 0
  LIMIT :room`

/** The length of vectors against the dimension of their models. */
export const vectors: Check = {
  name: 'vectors',
  snapshot: 'slice',
  run(inspection) {
    const { connection } = inspection
    walk(inspection, embeddingsByKey, (range) => {
      const wrong = connection.all<{ key: number }>(wrongEmbeddings, { ...range, room: inspection.room })
      inspection.reportRows('embeddings', wrong, "The vector is not of its model's dimension")
    })
    walk(inspection, segmentsByKey, (range) => {
      const wrong = connection.all<{ key: number }>(wrongSegments, { ...range, room: inspection.room })
      inspection.reportRows('conversation_segments', wrong, 'The vector is cut short')
    })
  },
}
