import { openDatabase, type DatabaseManager } from 'convodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { catalogueTables, contentTables } from '../../src/postgres/schema/tables.js'
import { message } from '../support/databases.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'

let server: TestPostgres
let db: DatabaseManager
beforeAll(async () => {
  server = await startPostgres()
  db = await openDatabase(await server.createDatabase(), { readers: 1 })
})
afterAll(async () => {
  await db.close()
  await server.stop()
})

const content: readonly string[] = contentTables

const ask = (sql: string): Promise<readonly Record<string, unknown>[]> =>
  db.withConnection(async (connection) => [...(await connection.all(sql))])

describe('what a cluster asks of the schema', () => {
  it('every table is said to belong to channels, or to the catalogue', async () => {
    const tables = await ask(`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`)
    expect(new Set(tables.map(({ name }) => name))).toEqual(new Set([...contentTables, ...catalogueTables]))
  })

  it('no column that is counted up by itself is smaller than a cluster takes', async () => {
    const small = await ask(`
      SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
      WHERE table_schema = 'public' AND is_identity = 'YES' AND data_type <> 'bigint'`)
    expect(small).toEqual([])
  })

  it('every unique key of what belongs to a channel has the channel in it', async () => {
    const keys = await ask(`
      SELECT tables.relname AS "table", indexes.relname AS "index",
        bool_or(columns.attname = 'channel_id') AS "hasChannel"
      FROM pg_index
      JOIN pg_class AS tables ON tables.oid = pg_index.indrelid
      JOIN pg_class AS indexes ON indexes.oid = pg_index.indexrelid
      JOIN pg_attribute AS columns ON columns.attrelid = tables.oid AND columns.attnum = ANY (pg_index.indkey)
      WHERE pg_index.indisunique AND tables.relnamespace = 'public'::regnamespace
      GROUP BY 1, 2 ORDER BY 1, 2`)
    const ofContent = keys.filter(({ table }) => content.includes(String(table)))
    expect(new Set(ofContent.map(({ table }) => table))).toEqual(new Set(content))
    expect(ofContent.filter(({ hasChannel }) => hasChannel !== 1)).toEqual([])
  })

  it('nothing that belongs to a channel refers to the catalogue, and there are no triggers but those of foreign keys', async () => {
    const references = await ask(`
      SELECT own.relname AS "from", other.relname AS "to" FROM pg_constraint
      JOIN pg_class AS own ON own.oid = pg_constraint.conrelid JOIN pg_class AS other ON other.oid = pg_constraint.confrelid
      WHERE pg_constraint.contype = 'f' ORDER BY 1, 2`)
    const outward = references.filter(
      ({ from, to }) => content.includes(String(from)) !== content.includes(String(to)),
    )
    expect(outward).toEqual([])
    expect(references.filter(({ to }) => !content.includes(String(to)))).toEqual([])
    expect(await ask(`SELECT tgname FROM pg_trigger WHERE NOT tgisinternal`)).toEqual([])
  })

  it('ids compare by their bytes, whatever the server’s locale', async () => {
    const others = await ask(`
      SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
      WHERE table_schema = 'public' AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'
        AND (column_name LIKE '%\\_id' OR column_name = 'model') ORDER BY 1, 2`)
    expect(others).toEqual([])
  })
})

it('a page of a channel is a range of an index', async () => {
  await db.addMessages(
    Array.from({ length: 5_000 }, (_, n) =>
      message(`p-${n}`, { channelId: `p-${n % 50}`, userId: `p-${n % 70}`, timestamp: n }),
    ),
  )
  await db.execute('optimize', {})
  const plans = await ask(`
    EXPLAIN SELECT content FROM messages
    WHERE channel_id = 'p-1' AND (timestamp, message_key) < (4000::bigint, 1::bigint) AND timestamp > 0
    ORDER BY timestamp DESC, message_key DESC LIMIT 50`)
  const plan = plans.map((row) => Object.values(row)[0]).join('\n')
  expect(plan).toContain('messages_by_time')
  expect(plan).not.toContain('Seq Scan')
})
