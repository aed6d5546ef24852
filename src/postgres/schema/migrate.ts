import type pg from 'pg'
import { begin } from '../connection/begin.js'
import { ConvoDbError } from '../../protocol/errors.js'
import { initial } from './0001-initial.js'
import { distribute, hasCitus } from './distribute.js'

/** By version, the first one first. */
const migrations: readonly string[] = [initial]

/** Several processes may open a new database at once: one migrates, and the others wait for it. */
const lockKey = 7100
const createVersion = `
  CREATE TABLE IF NOT EXISTS convodb_schema (id integer PRIMARY KEY CHECK (id = 1), version integer NOT NULL)`
const selectVersion = `SELECT version FROM convodb_schema WHERE id = 1`
const saveVersion = `
  INSERT INTO convodb_schema (id, version) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET version = excluded.version`

// Where somebody has brought an extension to another schema, as some providers do, what it names is found behind all else.
const findTrigrams = `
  SELECT set_config('search_path', concat_ws(', ', nullif(current_setting('search_path'), ''), quote_ident(nspname)), true)
  FROM pg_catalog.pg_extension JOIN pg_catalog.pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'pg_trgm'`

interface MigrateOptions {
  readonly create: boolean
  readonly readOnly: boolean
  /** Into how many parts a new database is divided where it is a cluster's coordinator. Default: what the server says. */
  readonly shards?: number | undefined
}

/**
 * Brings the database up to date, in one transaction. A new one on a cluster's coordinator is divided over its nodes.
 *
 * @throws NOT_FOUND with `create: false`, OLDER_SCHEMA with `readOnly`, NEWER_SCHEMA, CANNOT_OPEN (not UTF-8)
 */
export async function migrate(client: pg.Client, options: MigrateOptions): Promise<void> {
  const { create, readOnly, shards } = options
  await assertUtf8(client)
  const before = await readVersion(client)
  if (before > migrations.length) throw newer(before)
  if (before === migrations.length) return
  if (before === 0 && (!create || readOnly))
    throw new ConvoDbError(
      'NOT_FOUND',
      'There is no ConvoDB in this PostgreSQL database; open it with create: true',
    )
  if (readOnly)
    throw new ConvoDbError('OLDER_SCHEMA', `The schema is of version ${before}; open it for writing once`, {
      version: before,
    })
  await migrateAlone(client, shards)
}

/** Whether the tables are there, in whatever version. */
export const isMigrated = async (client: pg.Client): Promise<boolean> => (await readVersion(client)) > 0

async function migrateAlone(client: pg.Client, shards: number | undefined): Promise<void> {
  await begin(client, 'write')
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [lockKey])
    const from = await readVersion(client)
    if (from > migrations.length) throw newer(from)
    await client.query(createVersion)
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_trgm')
    await client.query('CREATE EXTENSION IF NOT EXISTS btree_gin')
    await client.query(findTrigrams)
    for (const sql of migrations.slice(from)) await client.query(sql)
    await client.query(saveVersion, [migrations.length])
    if (from === 0 && (await hasCitus(client))) await distribute(client, shards)
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}

// Not to_regclass alone: a transaction that has waited for another one's migration has heard nothing of it until it takes a lock of a
// table, as reading from one does (https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES).
const selectTable = `
  SELECT count(*) > 0 AS there FROM pg_catalog.pg_class
  WHERE relname = 'convodb_schema' AND relkind = 'r' AND pg_catalog.pg_table_is_visible(oid)`

async function readVersion(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ there: boolean }>(selectTable)
  if (rows[0]?.there !== true) return 0
  const found = await client.query<{ version: number }>(selectVersion)
  return found.rows[0]?.version ?? 0
}

async function assertUtf8(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ encoding: string }>(
    `SELECT current_setting('server_encoding') AS encoding`,
  )
  const encoding = rows[0]?.encoding
  if (encoding !== 'UTF8')
    throw new ConvoDbError('CANNOT_OPEN', `The database's encoding is ${encoding}; it must be UTF8`, {
      encoding: encoding ?? '',
    })
}

const newer = (version: number): ConvoDbError =>
  new ConvoDbError(
    'NEWER_SCHEMA',
    `The schema is of version ${version}, and this ConvoDB knows ${migrations.length}; update it`,
    { version },
  )
