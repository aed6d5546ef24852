import type pg from 'pg'
import { begin } from '../connection/begin.js'
import { toError } from '../connection/errors.js'

const selectState = `
  SELECT EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'vector') AS "isAvailable",
    EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'vector') AS "isCreated",
    EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = 'message_embeddings'::regclass AND attname = 'direction' AND NOT attisdropped)
      AS "isThere",
    (SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'message_embeddings'::regclass) AS "isOwner"`
const createExtension = `CREATE EXTENSION IF NOT EXISTS vector`
// One process at a time; and nobody's writes are under way, so that whoever asks whether the column is there knows it for a transaction.
const lockMigration = `SELECT pg_advisory_xact_lock(7100)`
const passGateAlone = `SELECT pg_advisory_xact_lock(7101)`
const addColumns = `
  ALTER TABLE message_embeddings ADD COLUMN IF NOT EXISTS direction vector;
  ALTER TABLE segment_embeddings ADD COLUMN IF NOT EXISTS direction vector;
  CREATE INDEX IF NOT EXISTS message_embeddings_without_direction ON message_embeddings (model_key, channel_id, message_key)
    WHERE direction IS NULL;
  CREATE INDEX IF NOT EXISTS segment_embeddings_without_direction ON segment_embeddings (model_key, channel_id, segment_key)
    WHERE direction IS NULL`

interface State {
  readonly isAvailable: boolean
  readonly isCreated: boolean
  readonly isThere: boolean
  readonly isOwner: boolean
}

/**
 * Has vectors kept for pgvector, too, where the server has that; without it they are compared by ourselves. Not every role may bring
 * the extension in: then somebody who may does (`CREATE EXTENSION vector`), and the next who opens the database adds the columns.
 */
export async function addDirections(client: pg.Client): Promise<void> {
  const { rows } = await client.query<State>(selectState)
  const [state] = rows
  if (state === undefined || !state.isAvailable || state.isThere || !state.isOwner) return
  try {
    // Nobody's writes wait for what may be refused.
    if (!state.isCreated) await transact(client, [lockMigration, createExtension])
    await transact(client, [lockMigration, passGateAlone, addColumns])
  } catch (error) {
    const { code, message } = toError(error)
    // Somebody has held the writes up for long: it is tried again at the next opening.
    if (code === 'BUSY') return
    process.emitWarning(
      `pgvector is not used, and vectors are compared one by one: ${message} (docs/scaling.md)`,
      { code: 'CONVODB_PGVECTOR' },
    )
  }
}

async function transact(client: pg.Client, statements: readonly string[]): Promise<void> {
  await begin(client, 'write')
  try {
    for (const sql of statements) await client.query(sql)
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}
