import type pg from 'pg'
import { toError } from '../connection/errors.js'
import { ConvoDbError } from '../../protocol/errors.js'
import { catalogueTables, contentTables } from './tables.js'

const selectCitus = `SELECT extversion AS version FROM pg_catalog.pg_extension WHERE extname = 'citus'`
const selectDistributed = `
  SELECT pg_class.relname AS name, partmethod = 'h' AS "isDivided" FROM pg_catalog.pg_dist_partition
  JOIN pg_catalog.pg_class ON pg_class.oid = logicalrelid WHERE pg_catalog.pg_table_is_visible(pg_class.oid)`
// On one connection to each node, since one statement needs what another has made; a server without Citus takes it for nothing
// (https://docs.citusdata.com/en/stable/develop/reference_propagation.html).
export const goInOrder = `SET LOCAL citus.multi_shard_modify_mode TO 'sequential'`
// Keys that lead to a table are refused while one end of them is divided and the other is not. Those that lead to a table of the catalogue,
// which older databases have, go for good: behind a statement to several nodes Citus writes no such table in the same transaction.
const selectForeignKeys = `
  SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop,
    format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS add
  FROM pg_catalog.pg_constraint
  WHERE contype = 'f' AND (conrelid = ANY ($1::text[]::regclass[]) OR confrelid = ANY ($1::text[]::regclass[]))
  ORDER BY conrelid::regclass::text, conname`
const divideFirst = `SELECT create_distributed_table($1::text::regclass, 'channel_id', colocate_with := 'none')`
const divideFirstInto = `
  SELECT create_distributed_table($1::text::regclass, 'channel_id', colocate_with := 'none', shard_count := $2::int)`
const divide = `SELECT create_distributed_table($1::text::regclass, 'channel_id', colocate_with := $2::text)`
// Else a transaction that writes to it and to a node is committed by one after the other, and a crash in between tears it apart.
const keepWhole = `SELECT citus_add_local_table_to_metadata($1::text::regclass, cascade_via_foreign_keys := true)`
const selectLocalCopies = `
  SELECT name FROM unnest($1::text[]) WITH ORDINALITY AS names (name, place) WHERE pg_relation_size(name::regclass) > 0 ORDER BY place`
const dropCopy = `SELECT truncate_local_data_after_distributing_table($1::text::regclass)`
const selectShape = `
  SELECT (SELECT count(*) FROM pg_catalog.pg_dist_shard WHERE logicalrelid = 'messages'::regclass) AS shards,
    (SELECT count(DISTINCT groupid) FROM pg_catalog.pg_dist_placement
      JOIN pg_catalog.pg_dist_shard ON pg_dist_shard.shardid = pg_dist_placement.shardid
      WHERE logicalrelid = 'messages'::regclass) AS nodes`

const [first, ...others] = contentTables

/** How a database is divided over the nodes of a cluster; undefined where it is all in one place. */
export interface ClusterShape {
  readonly shards: number
  readonly nodes: number
}

/** Whether this database is a coordinator's: has the extension Citus. */
export async function hasCitus(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ version: string }>(selectCitus)
  return rows.length > 0
}

/** How the database is divided. Is asked before there are tables, too. */
export async function readShape(client: pg.Client): Promise<ClusterShape | undefined> {
  if (!(await hasCitus(client))) return undefined
  const known = await readDistributed(client)
  if (known.get('messages') !== true) return undefined
  const { rows } = await client.query<ClusterShape>(selectShape)
  return rows[0]
}

async function readDistributed(client: pg.Client): Promise<Map<string, boolean>> {
  const { rows } = await client.query<{ name: string; isDivided: boolean }>(selectDistributed)
  return new Map(rows.map(({ name, isDivided }) => [name, isDivided]))
}

/**
 * Divides what belongs to channels over the nodes of the cluster, and has it know the rest, within a transaction. What is done already is
 * left as it is.
 *
 * @param shards into how many parts; what `citus.shard_count` says where it is not said
 * @returns what was divided now
 * @throws UNSUPPORTED where Citus refuses, with what it says
 */
export async function distribute(client: pg.Client, shards?: number): Promise<string[]> {
  const known = await readDistributed(client)
  const missing = contentTables.filter((name) => known.get(name) !== true)
  try {
    await client.query(goInOrder)
    if (missing.length > 0) {
      const keys = await client.query<{ drop: string; add: string }>(selectForeignKeys, [missing])
      for (const { drop } of keys.rows) await client.query(drop)
      if (known.get(first) !== true)
        await (shards === undefined
          ? client.query(divideFirst, [first])
          : client.query(divideFirstInto, [first, shards]))
      for (const name of others) if (known.get(name) !== true) await client.query(divide, [name, first])
      for (const { add } of keys.rows) await client.query(add)
    }
    const leading = await client.query<{ drop: string }>(selectForeignKeys, [catalogueTables])
    for (const { drop } of leading.rows) await client.query(drop)
    for (const name of catalogueTables)
      if (!(await readDistributed(client)).has(name)) await client.query(keepWhole, [name])
  } catch (error) {
    throw refused(error)
  }
  return missing
}

/** What the tables held before they were divided stays on the coordinator's disk, unseen; this frees it, outside a transaction. */
export async function dropLocalCopies(client: pg.Client): Promise<void> {
  // Who refers to another comes first.
  const { rows } = await client.query<{ name: string }>(selectLocalCopies, [contentTables.toReversed()])
  for (const { name } of rows) await client.query(dropCopy, [name])
}

/** Its own words say best what is missing, such as a coordinator that its nodes do not know. */
function refused(error: unknown): unknown {
  const { code, message, details, cause } = toError(error)
  if (code !== 'INTERNAL') return error
  return new ConvoDbError('UNSUPPORTED', `Citus does not divide the tables: ${message}`, details, { cause })
}
