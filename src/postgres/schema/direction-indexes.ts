/** An index of the rows whose vectors pgvector has not: these alone are left for us to compare. */
export interface DirectionIndex {
  readonly name: string
  readonly table: string
  /** Of an empty table, within a transaction. */
  readonly create: string
  /** Beside those who write; outside a transaction, as is dropping one that was left half built. */
  readonly build: string
  readonly drop: string
}

export const directionIndexes: readonly DirectionIndex[] = [
  {
    name: 'message_embeddings_without_direction',
    table: 'message_embeddings',
    create: `
      CREATE INDEX IF NOT EXISTS message_embeddings_without_direction
      ON message_embeddings (model_key, channel_id, message_key) WHERE direction IS NULL`,
    build: `
      CREATE INDEX CONCURRENTLY IF NOT EXISTS message_embeddings_without_direction
      ON message_embeddings (model_key, channel_id, message_key) WHERE direction IS NULL`,
    drop: `DROP INDEX CONCURRENTLY IF EXISTS message_embeddings_without_direction`,
  },
  {
    name: 'segment_embeddings_without_direction',
    table: 'segment_embeddings',
    create: `
      CREATE INDEX IF NOT EXISTS segment_embeddings_without_direction
      ON segment_embeddings (model_key, channel_id, segment_key) WHERE direction IS NULL`,
    build: `
      CREATE INDEX CONCURRENTLY IF NOT EXISTS segment_embeddings_without_direction
      ON segment_embeddings (model_key, channel_id, segment_key) WHERE direction IS NULL`,
    drop: `DROP INDEX CONCURRENTLY IF EXISTS segment_embeddings_without_direction`,
  },
]
