import { chmod, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { connect } from 'convodb'
import { createKey, keyPlaceOf, readKeys, revokeKey, startServer } from 'convodb/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resources } from '../../src/server/routes/resources.js'
import { expectError, temporaryDatabase, temporaryFolder } from '../support/databases.js'
import { startTestServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const withKey = (key: string): RequestInit => ({ headers: { authorization: `Bearer ${key}` } })
const statusOf = async (path: string, init: RequestInit): Promise<number> =>
  (await fetch(new URL(path, server.server.url), init)).status

describe('no door without a key', () => {
  const doors = [
    ...resources.map(({ method, path }) => ({ method, path: path.replaceAll(/\{\w+\}/g, 'x') })),
    { method: 'POST', path: '/v1/operations' },
    { method: 'POST', path: '/v1/ingest' },
    { method: 'POST', path: '/v1/leases' },
    { method: 'POST', path: '/v1/leases/x/commit' },
    { method: 'POST', path: '/v1/verify' },
    ...[
      '/v1/stats',
      '/v1/events',
      '/v1/channels/x/events',
      '/metrics',
      '/v1/backup',
      '/openapi.json',
      '/docs',
      '/docs/json',
      '/docs/static/index.html',
    ].map((path) => ({
      method: 'GET',
      path,
    })),
  ]
  it.each(doors)('$method $path', async ({ method, path }) => {
    for (const headers of [
      {},
      { authorization: 'Bearer cdb_0000000000000000_x' },
      { authorization: 'Basic YTpi' },
    ]) {
      const response = await fetch(new URL(path, server.server.url), { method, headers })
      expect(response.status).toBe(401)
      expect(response.headers.get('content-type')).toMatch('application/problem+json')
    }
  })

  it('but for those who watch over the process', async () => {
    expect(await statusOf('/healthz', {})).toBe(200)
    expect(await statusOf('/readyz', {})).toBe(200)
  })

  it('which is not taken from a query or a cookie', async () => {
    expect(await statusOf(`/v1/channels?key=${server.apiKey}`, {})).toBe(401)
    expect(await statusOf('/v1/channels', { headers: { cookie: `convodb_session=${server.apiKey}` } })).toBe(
      401,
    )
  })
})

describe('a scope', () => {
  const store = (n: number): RequestInit => ({
    method: 'POST',
    body: JSON.stringify({ messageId: `s${n}`, channelId: 's', userId: 'u', content: 'x', timestamp: 1 }),
  })
  const request = async (key: string, path: string, init: RequestInit = {}): Promise<number> =>
    statusOf(path, {
      ...init,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    })

  it.each([
    { scope: 'read', list: 200, store: 403, rename: 403, stats: 403 },
    { scope: 'write', list: 200, store: 201, rename: 200, stats: 403 },
    { scope: 'ingest', list: 403, store: 201, rename: 403, stats: 403 },
    { scope: 'admin', list: 200, store: 201, rename: 200, stats: 200 },
  ] as const)('of $scope opens its doors and no other', async ({ scope, ...expected }) => {
    const key = await server.newKey({ scope })
    await expect.poll(() => request(key, '/v1/nowhere')).toBe(404)
    expect({
      list: await request(key, '/v1/channels'),
      store: await request(key, '/v1/messages', store(1)),
      rename: await request(key, '/v1/channels/s', { method: 'PUT', body: '{"name":"x"}' }),
      stats: await request(key, '/v1/stats'),
    }).toEqual(expected)
  })

  it('holds for each operation of a request by itself, and for a batch as a whole', async () => {
    const apiKey = await server.newKey({ scope: 'read' })
    const db = connect(server.server.url, { apiKey })
    await expect.poll(() => db.getChannel('none').then(() => 'found', String)).toBe('found')
    await expectError(db.deleteChannel('s'), 'FORBIDDEN', { scope: 'read', needs: 'write' })
    await expectError(db.checkpoint(), 'FORBIDDEN', { needs: 'admin' })
    await expectError(
      db.batch([
        { name: 'getChannel', params: { channelId: 's' } },
        { name: 'deleteChannel', params: { channelId: 's' } },
      ]),
      'FORBIDDEN',
    )
    await expectError(
      db.withConnection(() => 1),
      'FORBIDDEN',
    )
    await expectError(db.stats(), 'FORBIDDEN')
    await expectError(db.verify(), 'FORBIDDEN')
    await db.close()
  })
})

describe('a key', () => {
  it('is revoked within a second, and one that is made is good as soon', async () => {
    const made = await createKey(keyPlaceOf(server.db.path), { scope: 'read' })
    await expect.poll(() => statusOf('/v1/channels', withKey(made.key)), { timeout: 60_000 }).toBe(200)
    await revokeKey(keyPlaceOf(server.db.path), made.keyId)
    await expect.poll(() => statusOf('/v1/channels', withKey(made.key)), { timeout: 60_000 }).toBe(401)
    await expect(revokeKey(keyPlaceOf(server.db.path), made.keyId)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  it('ends when it expires', async () => {
    const key = await server.newKey({ scope: 'read', expiresAt: new Date(Date.now() + 3_000) })
    await expect.poll(() => statusOf('/v1/channels', withKey(key)), { timeout: 60_000 }).toBe(401)
  })

  it('is kept as a digest, in a file that nobody else may read', async () => {
    const path = keyPlaceOf(server.db.path)
    // It may hold underscores itself.
    const [, , ...parts] = server.apiKey.split('_')
    const secret = parts.join('_')
    expect(secret).toHaveLength(43)
    expect(await readFile(path, 'utf8')).not.toContain(secret)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it('is lost by none of several commands at once', async () => {
    const path = join(await temporaryFolder(), 'chat.db-keys')
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => createKey(path, { scope: 'read', name: String(n) })),
    )
    expect((await readKeys(path)).map(({ name }) => Number(name)).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, n) => n),
    )
  })

  it.each([
    ['is read by others', async (path: string) => chmod(path, 0o644)],
    ['is none', async (path: string) => writeFile(path, '{"keys":[{}]}')],
  ])('no server starts whose file of keys %s', async (_, spoil) => {
    const db = await temporaryDatabase()
    await createKey(keyPlaceOf(db.path), { scope: 'admin' })
    await spoil(keyPlaceOf(db.path))
    await expectError(startServer(db, { port: 0 }), 'CANNOT_OPEN')
  })

  it('is not waited for behind a pipe', async () => {
    const path = join(await temporaryFolder(), 'chat.db-keys')
    await promisify(execFile)('mkfifo', ['-m', '600', path])
    await expectError(readKeys(path), 'CANNOT_OPEN')
  })

  it('is not looked for behind a link', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'theirs'), '{"keys":[]}', { mode: 0o600 })
    await symlink(join(folder, 'theirs'), join(folder, 'chat.db-keys'))
    await expectError(readKeys(join(folder, 'chat.db-keys')), 'CANNOT_OPEN')
  })
})

describe('a browser', () => {
  it('comes in once by a token, and reads', async () => {
    const url = new URL(`/login?token=${server.server.newLoginToken()}`, server.server.url)
    const first = await fetch(url, { redirect: 'manual' })
    expect(first.status).toBe(303)
    expect(first.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict/)
    const cookie = (first.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(401)
    expect(await statusOf('/docs/json', { headers: { cookie } })).toBe(200)
    expect(await statusOf('/v1/channels', { headers: { cookie } })).toBe(200)
    expect(await statusOf('/v1/stats', { headers: { cookie } })).toBe(403)
    expect(await statusOf('/v1/optimize', { method: 'POST', headers: { cookie } })).toBe(401)
  })
})

describe('a server', () => {
  it('listens where others reach it with TLS or behind a proxy that has it, or not at all', async () => {
    await expectError(startServer(server.db, { host: '0.0.0.0', port: 0 }), 'INVALID_ARGUMENT', {
      field: 'host',
    })
    await expectError(startServer(server.db, { tlsCert: 'x', port: 0 }), 'INVALID_ARGUMENT', {
      field: 'tlsCert',
    })
    const behind = await startServer(server.db, { host: '0.0.0.0', port: 0, behindTlsProxy: true })
    await behind.close()
  })

  it('answers to its own names only', async () => {
    const { request } = await import('node:http')
    const ask = (host: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        request(new URL('/healthz', server.server.url), { headers: { host } }, (response) => {
          response.resume()
          resolve(response.statusCode)
        })
          .once('error', reject)
          .end()
      })
    expect(await ask('localhost:7410')).toBe(200)
    expect(await ask('evil.example')).toBe(400)
    expect(await ask('127.0.0.1.evil.example')).toBe(400)
  })

  it('lets no page of another origin read, unless told to', async () => {
    const headers = { origin: 'https://app.example', authorization: `Bearer ${server.apiKey}` }
    const closed = await fetch(new URL('/v1/channels', server.server.url), { headers })
    expect(closed.headers.get('access-control-allow-origin')).toBeNull()
    const open = await startServer(server.db, { port: 0, corsOrigins: ['https://app.example'] })
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      const preflight = await fetch(new URL('/v1/messages/m', open.url), {
        method: 'OPTIONS',
        headers: {
          origin: 'https://app.example',
          'access-control-request-method': method,
          'access-control-request-headers': 'authorization,content-type',
        },
      })
      expect(preflight.status).toBe(204)
      expect(preflight.headers.get('access-control-allow-origin')).toBe('https://app.example')
      expect(preflight.headers.get('access-control-allow-methods')?.split(/, */)).toContain(method)
    }
    const answer = await fetch(new URL('/v1/channels/none', open.url), { headers })
    expect(answer.headers.get('access-control-expose-headers')).toMatch(/etag.*retry-after/)
    const other = await fetch(new URL('/v1/channels', open.url), {
      headers: { ...headers, origin: 'https://evil.example' },
    })
    expect(other.headers.get('access-control-allow-origin')).not.toBe('https://evil.example')
    await open.close()
  })
})
