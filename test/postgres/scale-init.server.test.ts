import { openDatabase } from 'convodb'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contentTables } from '../../src/postgres/schema/tables.js'
import { runCli } from '../cli/run-cli.js'
import { standInForCitus } from '../support/citus-stand-in.js'
import { message } from '../support/databases.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

async function scaleInit(url: string, ...options: readonly string[]) {
  const {
    exitCode: code,
    stdout,
    stderr,
  } = await runCli(['scale', 'init', '--url', url, '--json', ...options])
  return { code, stderr, report: stdout === '' ? undefined : (JSON.parse(stdout) as unknown) }
}

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

const foreignKeys = `
  SELECT conrelid::regclass::text AS "table", pg_get_constraintdef(oid) AS definition FROM pg_constraint
  WHERE contype = 'f' ORDER BY 1, 2`

describe('convodb scale init', () => {
  it('makes the tables on a server without Citus, and says that all is in one place', async () => {
    const url = await server.createDatabase()
    expect(await scaleInit(url)).toMatchObject({
      code: 0,
      report: { isNew: true, citus: 'missing', divided: [], cluster: null },
    })
    expect(await scaleInit(url)).toMatchObject({ code: 0, report: { isNew: false, divided: [] } })
    const db = await openDatabase(url, { create: false, readers: 1 })
    expect((await db.stats()).cluster).toBeNull()
    await db.close()
  })

  it('divides a new database, twice without harm, and keeps every foreign key', async () => {
    const plain = await server.createDatabase()
    await scaleInit(plain)
    const url = await server.createDatabase()
    await standInForCitus(url)
    expect(await scaleInit(url, '--shards', '8')).toMatchObject({
      code: 0,
      report: { isNew: true, citus: 'used', divided: contentTables, cluster: { shards: 8, nodes: 2 } },
    })
    expect(await scaleInit(url)).toMatchObject({
      code: 0,
      report: { isNew: false, divided: [], cluster: { shards: 8 } },
    })
    expect(await ask(url, foreignKeys)).toEqual(await ask(plain, foreignKeys))
    expect(await ask(url, `SELECT count(*)::int AS n FROM pg_dist_partition WHERE partmethod = 'n'`)).toEqual(
      [{ n: 18 }],
    )
  })

  it('divides a database that has been in use on one server, with all that is in it', async () => {
    const url = await server.createDatabase()
    const before = await openDatabase(url, { readers: 1 })
    await before.addMessages([message('1', { channelId: 'a' }), message('2', { channelId: 'b' })])
    await before.close()
    // As databases have it that were made before.
    await ask(url, 'ALTER TABLE user_profiles ADD FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE')
    await standInForCitus(url)
    expect(await scaleInit(url)).toMatchObject({
      report: { isNew: false, divided: contentTables, cluster: { shards: 32, nodes: 2 } },
    })
    const db = await openDatabase(url, { readers: 1 })
    expect((await db.stats()).cluster).toEqual({ shards: 32, nodes: 2 })
    expect(await db.getMessage('2')).toMatchObject({ channelId: 'b' })
    await db.execute('optimize', {})
    await db.execute('releaseSpace', {})
    expect(await db.verify()).toMatchObject({ isOk: true })
    await db.close()
    expect(
      await ask(url, `${foreignKeys.replace('ORDER BY', "AND confrelid = 'users'::regclass ORDER BY")}`),
    ).toEqual([])
  })

  it('opening a new database on a coordinator divides it, however many come at once', async () => {
    const url = await server.createDatabase()
    await standInForCitus(url)
    const all = await Promise.all([1, 2, 3, 4].map(() => openDatabase(url, { readers: 1 })))
    for (const db of all) expect((await db.stats()).cluster).toEqual({ shards: 32, nodes: 2 })
    await Promise.all(all.map((db) => db.close()))
  })

  it('leaves nothing behind where Citus refuses, and says what it says', async () => {
    const url = await server.createDatabase()
    await standInForCitus(url)
    await ask(
      url,
      `DROP FUNCTION pg_catalog.citus_add_local_table_to_metadata;
       CREATE FUNCTION pg_catalog.citus_add_local_table_to_metadata(regclass, cascade_via_foreign_keys boolean)
       RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'could not find the coordinator node in metadata'; END $$`,
    )
    const { code, stderr } = await scaleInit(url)
    expect(code).toBe(1)
    expect(stderr).toContain('could not find the coordinator node in metadata')
    expect(stderr).toContain('UNSUPPORTED')
    expect(await ask(url, `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)).toEqual([])
    await expect(openDatabase(url)).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  })

  it.each([
    [['scale', 'init'], 'give --url'],
    [['scale', 'init', '--url', 'chat.db'], 'databases on PostgreSQL'],
    [['scale', 'init', '--url', 'postgres://localhost/x', '--shards', '0'], '1 to 64000'],
  ])('wrong usage is told: %s', async (args, words) => {
    const { exitCode: code, stderr } = await runCli(args)
    expect(code).toBe(2)
    expect(stderr).toContain(words)
  })
})
