import type pg from 'pg'
import { begin } from '../connection/begin.js'
import { toError } from '../connection/errors.js'

const selectState = `
  SELECT EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'vector') AS "isAvailable",
    EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = 'message_embeddings'::regclass AND attname = 'direction' AND NOT attisdropped)
      AS "isThere"`
// No one's writes are under way then, so that whoever asks whether the column is there knows it for the whole of a transaction.
const lockAlone = `SELECT pg_advisory_xact_lock(7100), pg_advisory_xact_lock(7101)`
const addColumns = `
  CREATE EXTENSION IF NOT EXISTS vector;
  ALTER TABLE message_embeddings ADD COLUMN IF NOT EXISTS direction vector;
  ALTER TABLE segment_embeddings ADD COLUMN IF NOT EXISTS direction vector;
  CREATE INDEX IF NOT EXISTS message_embeddings_without_direction ON message_embeddings (model_key, channel_id, message_key)
    WHERE direction IS NULL;
  CREATE INDEX IF NOT EXISTS segment_embeddings_without_direction ON segment_embeddings (model_key, channel_id, segment_key)
    WHERE direction IS NULL`

/**
 * Has vectors kept for pgvector, too, where the server has that; without it they are compared by ourselves. Not every role may bring
 * the extension in: then somebody who may does (`CREATE EXTENSION vector`), and the next who opens the database adds the columns.
 */
export async function addDirections(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ isAvailable: boolean; isThere: boolean }>(selectState)
  if (rows[0]?.isAvailable !== true || rows[0].isThere) return
  await begin(client, 'write')
  try {
    await client.query(lockAlone)
    await client.query(addColumns)
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    const { code, message } = toError(error)
    // Tried again at the next opening.
    if (code === 'BUSY') return
    process.emitWarning(
      `pgvector is not used, and vectors are compared one by one: ${message} (docs/scaling.md)`,
      { code: 'CONVODB_PGVECTOR' },
    )
  }
}
