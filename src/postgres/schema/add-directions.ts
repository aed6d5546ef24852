import type pg from 'pg'
import { begin } from '../connection/begin.js'
import { toError } from '../connection/errors.js'
import { directionIndexes } from './direction-indexes.js'
import { goInOrder } from './distribute.js'

const selectState = `
  SELECT EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'vector') AS "isAvailable",
    EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'vector') AS "isCreated",
    EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = 'message_embeddings'::regclass AND attname = 'direction' AND NOT attisdropped)
      AS "isThere",
    EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = 'message_embeddings'::regclass AND attname = 'direction' AND NOT attisdropped
      AND col_description(attrelid, attnum) = 'to be filled') AS "isToBeFilled",
    (SELECT count(*) < 2 FROM pg_index
      WHERE indexrelid IN (to_regclass('message_embeddings_without_direction'), to_regclass('segment_embeddings_without_direction'))
        AND indisvalid) AS "isToBeIndexed",
    (SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'message_embeddings'::regclass) AS "isOwner"`
const createExtension = `CREATE EXTENSION IF NOT EXISTS vector`
const selectType = `SELECT to_regtype('vector') IS NOT NULL AS "isVisible"`
// One process at a time; and nobody's writes are under way, so that whoever asks whether the column is there knows it for a transaction.
// All writes wait meanwhile, so this waits for nobody: a read that lasts, or a dump, has the next opening try it again.
const lockMigration = `SELECT set_config('lock_timeout', '200', true), pg_advisory_xact_lock(7100)`
const passGateAlone = `SELECT pg_advisory_xact_lock(7101)`
const addColumns = [
  `ALTER TABLE message_embeddings ADD COLUMN IF NOT EXISTS direction vector`,
  `ALTER TABLE segment_embeddings ADD COLUMN IF NOT EXISTS direction vector`,
]
const selectAny = ['SELECT 1 FROM message_embeddings LIMIT 1', 'SELECT 1 FROM segment_embeddings LIMIT 1']
/** That some rows may lack a direction that they could have (vectors/direction-filler.ts). */
const addComment = `COMMENT ON COLUMN message_embeddings.direction IS 'to be filled'`

interface State {
  readonly isAvailable: boolean
  readonly isCreated: boolean
  readonly isThere: boolean
  readonly isToBeFilled: boolean
  readonly isToBeIndexed: boolean
  readonly isOwner: boolean
}

/**
 * Has vectors kept for pgvector, too, where the server has that; without it they are compared by ourselves. Not every role may bring
 * the extension in: then somebody who may does (`CREATE EXTENSION vector`), and the tables' owner adds the columns when it opens the database next.
 *
 * @returns whether there is something left to be done in the background: vectors that pgvector lacks, or the index of those that it will never have
 */
export async function addDirections(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<State>(selectState)
  const [state] = rows
  if (state === undefined || !state.isOwner) return false
  if (state.isThere) return state.isToBeFilled || state.isToBeIndexed
  if (!state.isAvailable) return false
  try {
    // Nobody's writes wait for what may be refused.
    if (!state.isCreated) await transact(client, () => runAll(client, [lockMigration, createExtension]))
    const type = await client.query<{ isVisible: boolean }>(selectType)
    if (type.rows[0]?.isVisible === true) return await transact(client, () => addAlone(client))
    warn('its schema is not on the search_path of this role')
  } catch (error) {
    const { code, message } = toError(error)
    if (code !== 'BUSY') warn(message)
  }
  return false
}

/** Where nothing is stored yet, nothing is left to be done. */
async function addAlone(client: pg.Client): Promise<boolean> {
  await runAll(client, [lockMigration, passGateAlone, goInOrder, ...addColumns])
  const found = await Promise.all(selectAny.map((sql) => client.query(sql)))
  const isEmpty = found.every(({ rows }) => rows.length === 0)
  await runAll(client, isEmpty ? directionIndexes.map(({ create }) => create) : [addComment])
  return !isEmpty
}

function warn(reason: string): void {
  const what = `pgvector is not used, and vectors are compared one by one: ${reason} (docs/scaling.md)`
  process.emitWarning(what, { code: 'CONVODB_PGVECTOR' })
}

async function runAll(client: pg.Client, statements: readonly string[]): Promise<void> {
  for (const sql of statements) await client.query(sql)
}

async function transact<Result>(client: pg.Client, work: () => Promise<Result>): Promise<Result> {
  await begin(client, 'write')
  try {
    const result = await work()
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}
