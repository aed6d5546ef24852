import { openDatabase } from 'convodb'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KeyTable, initializeScale } from '../../src/postgres/index.js'
import { message } from '../support/databases.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

/** A database in which somebody has run this before. */
async function createDatabaseAfter(sql: string): Promise<string> {
  const url = await server.createDatabase()
  await run(url, sql)
  return url
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(sql)
  await client.end()
}

const doors: readonly [name: string, open: (url: string) => Promise<unknown>][] = [
  ['openDatabase', (url) => openDatabase(url, { readers: 1 })],
  ['convodb scale init', (url) => initializeScale(url, {})],
  ['the keys of servers', (url) => KeyTable.open(url, { create: true })],
]

describe.each(doors)('a database that can not be opened says why: %s', (_, open) => {
  it.each([
    ['CREATE TABLE users (name text)', /"users" already exists.*a schema of its own/],
    ['CREATE TABLE convodb_schema (mine text)', /column "version" does not exist.*a schema of its own/],
    ['CREATE VIEW convodb_schema AS SELECT 1 AS id', /convodb_schema.*a schema of its own/],
  ])('where others have such tables: %s', async (sql, said) => {
    const opening = open(await createDatabaseAfter(sql))
    await expect(opening).rejects.toMatchObject({
      code: 'CANNOT_OPEN',
      message: expect.stringMatching(said),
    })
  })

  it('where the role may not make tables, or there is no schema to make them in', async () => {
    const sql = 'DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN'
    const url = new URL(await createDatabaseAfter(`${sql} PASSWORD 'guest'`))
    url.username = url.password = 'guest'
    await expect(open(url.href)).rejects.toMatchObject({
      code: 'CANNOT_OPEN',
      message: expect.stringMatching(/permission denied for schema public.*GRANT/),
      details: { sqlState: '42501' },
    })
    url.searchParams.set('options', '-c search_path=nowhere')
    await expect(open(url.href)).rejects.toMatchObject({
      code: 'CANNOT_OPEN',
      message: expect.stringMatching(/no schema.*search_path/),
    })
  })
})

it.each(doors)('what is no URL is told to be none: %s', (_, open) =>
  expect(open('postgres://[')).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringMatching(/must be the URL of a PostgreSQL database/),
  }),
)

it('a role that may only read reads, and is told what it lacks where it writes', async () => {
  const url = new URL(await server.createDatabase())
  const owner = await openDatabase(url.href, { readers: 1 })
  await owner.storeMessage(message('1', { content: 'found' }))
  await owner.close()
  await run(url.href, "DROP ROLE IF EXISTS looker; CREATE ROLE looker LOGIN PASSWORD 'looker'")
  await run(url.href, 'GRANT SELECT ON ALL TABLES IN SCHEMA public TO looker')
  url.username = url.password = 'looker'
  const db = await openDatabase(url.href, { readers: 1 })
  expect((await db.searchMessages({ text: 'found' })).items).toMatchObject([{ messageId: '1' }])
  const refusal = {
    code: 'READ_ONLY',
    message: expect.stringMatching(/permission denied for .*GRANT/),
    details: { sqlState: '42501' },
  }
  await expect(db.storeMessage(message('2'))).rejects.toMatchObject(refusal)
  await expect(db.forgetUser('ada')).rejects.toMatchObject(refusal)
  // SQL of one's own is one's own affair.
  const borrowed = db.withConnection((lease) => lease.run('DELETE FROM messages'), { mode: 'write' })
  await expect(borrowed).rejects.toMatchObject({ code: 'SQL_ERROR' })
  await db.close()
})

it('the extensions that it needs may be in a schema that is not on the search_path', async () => {
  const url = new URL(
    await createDatabaseAfter(`
      CREATE SCHEMA chat; CREATE SCHEMA extensions;
      CREATE EXTENSION pg_trgm SCHEMA extensions; CREATE EXTENSION btree_gin SCHEMA extensions`),
  )
  url.searchParams.set('options', '-c search_path=chat')
  const db = await openDatabase(url.href, { readers: 1 })
  await db.storeMessage(message('ex-1', { content: 'found', userId: 'ex-ada' }))
  await db.upsertUser({ userId: 'ex-ada', displayName: 'Ada' })
  expect((await db.searchMessages({ text: 'found' })).items).toMatchObject([{ messageId: 'ex-1' }])
  expect((await db.searchByDisplayName({ query: 'da' })).items).toMatchObject([{ userId: 'ex-ada' }])
  await db.close()
})
