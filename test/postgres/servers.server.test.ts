import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { connect, openDatabase } from 'convodb'
import { createKey, readKeys, revokeKey, startServer } from 'convodb/server'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { brief, takeChanges } from '../support/changes.js'
import { expectError, message } from '../support/databases.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'
import { startServeProcess } from '../support/serve-process.js'
import { startTestServer, type TestServer } from '../support/server.js'
import { startUpload, upload } from '../support/upload.js'

let postgres: TestPostgres
let url: string
let one: TestServer
let two: TestServer
beforeAll(async () => {
  postgres = await startPostgres()
  url = await postgres.createDatabase()
  one = await startTestServer({}, url)
  two = await startTestServer({}, url)
})
afterAll(async () => {
  await Promise.all([one.close(), two.close()])
  await postgres.stop()
})

const cli = (...args: string[]) => promisify(execFile)(process.execPath, ['dist/cli/index.js', ...args])
const statusWith = async (server: TestServer, apiKey: string): Promise<number> => {
  const headers = { authorization: `Bearer ${apiKey}` }
  return (await fetch(new URL('/v1/channels', server.url), { headers })).status
}
const linesOf = (channelId: string, from: number, to: number): string =>
  Array.from({ length: to - from }, (_, n) => {
    const { messageId, ...fields } = message(`${channelId}-${from + n}`, { channelId })
    return `${JSON.stringify({ messageId, ...fields })}\n`
  }).join('')

describe('two servers before one database', () => {
  it('both know a key that either, or the command line, has made, and refuse it soon after it is revoked', async () => {
    const { key, keyId } = await createKey(url, { scope: 'read', name: 'both' })
    expect([await statusWith(one, key), await statusWith(two, key)]).toEqual([200, 200])
    const { stdout } = await cli('keys', 'list', '--db', url)
    expect(stdout).toContain(keyId)
    await revokeKey(url, keyId)
    await vi.waitFor(async () =>
      expect([await statusWith(one, key), await statusWith(two, key)]).toEqual([401, 401]),
    )
    await expectError(revokeKey(url, keyId), 'NOT_FOUND')
  })

  it('carry out what came to both with one idempotency key once, and give both the same answer', async () => {
    const row = message('sk-1', { channelId: 'sk' })
    const calls = [one, two, one, two].map((server) =>
      server
        .connect({ apiKey: one.apiKey })
        .executeEach([{ name: 'storeMessage', params: row }], { idempotencyKey: 'both' }),
    )
    const answers = await Promise.all(calls)
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(answers[0]).toMatchObject([{ ok: true, value: { outcome: 'inserted' } }])
    expect(await two.connect().countMessages({ channelId: 'sk' })).toBe(1)
  })

  it('tell what the other has written, in order and none twice, and go on where the other has ended', async () => {
    const followed = one.connect().subscribe({ channelId: 'se' })
    for (let n = 0; n < 20; n += 1) {
      const server = n % 2 === 0 ? one : two
      await server.connect().storeMessage(message(`se-${n}`, { channelId: 'se' }))
    }
    const first = await takeChanges(followed, 8)
    const after = first.at(-1)?.cursor
    await followed.return()
    const rest = await takeChanges(two.connect().subscribe({ channelId: 'se', after }), 12)
    expect([...first, ...rest].map(brief)).toEqual(
      Array.from({ length: 20 }, (_, n) => `messageStored se-${n}`),
    )
  })

  it('go on with an upload that was begun at the other', async () => {
    const begun = startUpload(one, {})
    await begun.write(linesOf('su', 0, 3_000))
    await begun.untilDurable(1)
    const { durableLine } = begun
    begun.cut()
    await begun.last
    const lines = await upload(two, linesOf('su', 0, 6_000), {
      query: `?startLine=${durableLine + 1}`,
    })
    expect(lines.at(-1)).toMatchObject({ report: { refused: 0, durableLine: 6_000 } })
    expect(await one.connect().countMessages({ channelId: 'su' })).toBe(6_000)
  })

  it('lend one writer at a time: what one has read the other does not change before it commits', async () => {
    await one.connect().updateProfile({ userId: 'sl', profile: { visits: 0 } })
    const visit = (server: TestServer) =>
      server.connect().transaction(async (transaction) => {
        const profile = (await transaction.getProfile('sl'))?.profile
        const visits = Number(Reflect.get(Object(profile), 'visits'))
        await transaction.updateProfile({ userId: 'sl', profile: { visits: visits + 1 } })
      })
    await Promise.all(Array.from({ length: 12 }, (_, n) => visit(n % 2 === 0 ? one : two)))
    expect((await one.connect().getProfile('sl'))?.profile).toEqual({ visits: 12 })
  })

  it('have no backup of their own, and say what makes one', async () => {
    const response = await one.fetch('/v1/backup')
    expect(await response.json()).toMatchObject({
      code: 'UNSUPPORTED',
      detail: expect.stringMatching('pg_dump'),
    })
  })
})

describe('convodb serve on PostgreSQL', () => {
  it('makes one first key, however many start at once, and serves until it is told to end', async () => {
    const empty = await postgres.createDatabase()
    const args = ['--db', empty, '--port', '0']
    const servers = await Promise.all([1, 2, 3].map(() => startServeProcess(args)))
    try {
      const keys = servers.flatMap(({ apiKey }) => apiKey ?? [])
      expect(keys).toHaveLength(1)
      expect(await readKeys(empty)).toHaveLength(1)
      const [apiKey = ''] = keys
      for (const [n, server] of servers.entries()) {
        const db = connect(server.url, { apiKey })
        await db.storeMessage(message(`sp-${n}`, { channelId: 'sp' }))
        await db.close()
      }
      const db = connect(servers[0]?.url ?? '', { apiKey })
      expect(await db.countMessages({ channelId: 'sp' })).toBe(3)
      const told = servers.flatMap(({ log }) => log).join('\n')
      expect(told).not.toContain('postgres:postgres@')
    } finally {
      expect(await Promise.all(servers.map((server) => server.stop()))).toEqual(servers.map(() => 'SIGTERM'))
    }
  })

  it.each([
    ['--backup-every', '1h'],
    ['--backup-every', '1h', '--backup-dir', 'backups'],
  ])('refuses %s %s, which is for files', async (...given) => {
    const refused = cli('serve', '--db', url, '--port', '0', ...given)
    await expect(refused).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('pg_dump') })
  })

  it('says what is wrong with a database that is not there', async () => {
    const { username, host } = new URL(url)
    const refused = cli('serve', '--db', `postgres://${username}:postgres@${host}/missing`, '--port', '0')
    await expect(refused).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/missing/),
    })
  })
})

describe('a server whose database has gone', () => {
  it('heeds the keys that it knows, tells others that they can not be looked up, and comes back by itself', async () => {
    const own = await startPostgres()
    const place = await own.createDatabase()
    const server = await startTestServer({}, place)
    try {
      const client = server.connect()
      await client.storeMessage(message('so-1', { channelId: 'so' }))
      await own.halt()
      const unknown = `cdb_${'0'.repeat(16)}_${'A'.repeat(43)}`
      const answer = await fetch(new URL('/v1/channels', server.url), {
        headers: { authorization: `Bearer ${unknown}` },
      })
      expect(answer.status).toBeGreaterThanOrEqual(500)
      expect(await answer.json()).toMatchObject({ code: 'UNREACHABLE' })
      expect(await statusWith(server, server.apiKey)).not.toBe(401)
      await own.resume()
      await vi.waitFor(async () => expect(await statusWith(server, unknown)).toBe(401), { timeout: 20_000 })
      await vi.waitFor(async () => expect(await client.countMessages({ channelId: 'so' })).toBe(1), {
        timeout: 20_000,
      })
    } finally {
      await server.close()
      await own.stop()
    }
  })
})

it('startServer serves a database that was opened by its URL', async () => {
  const db = await openDatabase(url, { readers: 1 })
  const server = await startServer(db, { port: 0 })
  try {
    expect(await statusWith({ ...one, url: server.url }, one.apiKey)).toBe(200)
  } finally {
    await server.close()
    await db.close()
  }
})
