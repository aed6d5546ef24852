import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { createKey, keyPlaceOf, readKeys, startServer } from 'convodb/server'
import Fastify, { type FastifyInstance, type RouteOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operations } from 'convodb'
import { authenticate } from '../../src/server/access/authenticate.js'
import { channelRules } from '../../src/server/access/channel-rules.js'
import { doorRuleOf } from '../../src/server/access/door-rules.js'
import { openKeyStore } from '../../src/server/access/key-store.js'
import { Keys } from '../../src/server/access/keys.js'
import { Sessions } from '../../src/server/access/sessions.js'
import { resources } from '../../src/server/routes/resources.js'
import { expectError, message } from '../support/databases.js'
import { startTestServer, type TestServer } from '../support/server.js'

const routes: RouteOptions[] = []
let server: TestServer
beforeAll(async () => {
  // Fastify tells of every router that is made (https://fastify.dev/docs/latest/Reference/Hooks/#diagnostics-channel-hooks).
  const walk = (made: unknown): void => {
    const { fastify }: { readonly fastify: FastifyInstance } = Object(made)
    fastify.addHook('onRoute', (route) => void routes.push(route))
  }
  subscribe('fastify.initialization', walk)
  server = await startTestServer({ corsOrigins: ['https://app.example'] })
  unsubscribe('fastify.initialization', walk)
})
afterAll(() => server.close())

const withKey = (apiKey: string): RequestInit => ({ headers: { authorization: `Bearer ${apiKey}` } })

describe('every door', () => {
  it('says what it gives a key for certain channels', () => {
    expect(routes.length).toBeGreaterThan(resources.length)
    for (const route of routes)
      expect(doorRuleOf(route), `${String(route.method)} ${route.url}`).toBeDefined()
  })

  it('that is open to all is one of these', () => {
    const open = routes.filter((route) => doorRuleOf(route) === 'nothing of channels')
    const urls = new Set(open.map(({ url }) => url.replace(/^\/docs\/.*/, '/docs')))
    expect([...urls].toSorted()).toEqual(['*', '/docs', '/healthz', '/login', '/openapi.json', '/readyz'])
  })

  it('without a word keeps the server from starting', async () => {
    const keys = await Keys.open(
      await openKeyStore(keyPlaceOf(server.db.path), { create: false }),
      () => undefined,
    )
    const app = Fastify()
    authenticate(app, keys, new Sessions())
    expect(() => app.get('/v1/forgotten', { config: { needs: 'read' } }, () => 'everything')).toThrow(
      'GET /v1/forgotten does not say',
    )
    keys.close()
  })

  it('of all channels stays shut, with the same words everywhere', async () => {
    const key = await server.newKey({ scope: 'write', channels: ['own'] })
    await expect
      .poll(() => server.fetch('/openapi.json', withKey(key)).then(({ status }) => status), {
        timeout: 60_000,
      })
      .toBe(200)
    const shut = routes.filter((route) => doorRuleOf(route) === 'all channels')
    expect(shut.map(({ url }) => url)).toEqual(
      expect.arrayContaining(['/metrics', '/v1/stats', '/v1/leases']),
    )
    for (const { method, url } of shut) {
      const path = url.replaceAll(/:\w+/g, 'x')
      expect(await server.fetch(path, { method: String(method), ...withKey(key) }), path).toMatchObject({
        status: 403,
      })
    }
    const { body } = await server.fetch('/metrics', withKey(key)).then(async (response) => ({
      body: JSON.parse(await response.text()),
    }))
    expect(body).toMatchObject({ code: 'FORBIDDEN', details: {} })
  })
})

it('every operation has a rule, and one that is not shared by transactions is refused', () => {
  expect(Object.keys(channelRules).toSorted()).toEqual(Object.keys(operations).toSorted())
  for (const [name, { transaction, access }] of Object.entries(operations)) {
    if (transaction === 'none' || access === 'admin') {
      const rule: unknown = Reflect.get(channelRules, name)
      if (name !== 'countExpiredMessages') expect(rule, name).toBe('refused')
    }
  }
})

describe('the channels of a key', () => {
  it('are kept with it', async () => {
    const path = `${server.db.path}-some-keys`
    await createKey(path, { scope: 'read', channels: ['a', 'b', 'a'] })
    await createKey(path, { scope: 'read' })
    expect((await readKeys(path)).map(({ channels }) => channels)).toEqual([['a', 'b'], null])
  })

  it.each([
    { scope: 'admin' as const, channels: ['a'] },
    { scope: 'read' as const, channels: [] },
    { scope: 'read' as const, channels: [''] },
    { scope: 'read' as const, channels: ['x'.repeat(1_025)] },
  ])('are refused where they can not be: %j', async (key) => {
    await expectError(createKey(`${server.db.path}-no-keys`, key), 'INVALID_ARGUMENT', { field: 'channels' })
  })

  it('that were lost from the file open nothing', async () => {
    const path = keyPlaceOf(server.db.path)
    const text = await readFile(path, 'utf8')
    const lost = JSON.stringify({
      keys: JSON.parse(text).keys.map((key: object) => ({ ...key, channels: undefined })),
    })
    await writeFile(`${path}-lost`, lost)
    await chmod(`${path}-lost`, 0o600)
    await expectError(readKeys(`${path}-lost`), 'CANNOT_OPEN')
  })
})

describe('a cursor of a key for certain channels', () => {
  const list = async (key: string, query: string) => {
    const response = await server.fetch(`/v1/channels/own/messages?limit=2&order=asc&${query}`, withKey(key))
    return { status: response.status, ...JSON.parse(await response.text()) }
  }
  let key = ''
  let another = ''
  beforeAll(async () => {
    for (let n = 0; n < 5; n += 1) {
      await server.db.storeMessage(message(`own-${n}`, { channelId: 'own', timestamp: n }))
      await server.db.storeMessage(message(`foreign-${n}`, { channelId: 'foreign', timestamp: n }))
    }
    key = await server.newKey({ scope: 'write', channels: ['own', 'own too'] })
    another = await server.newKey({ scope: 'read', channels: ['own'] })
  })

  it('tells nothing of how many messages there are', async () => {
    const { nextCursor } = await list(server.apiKey, '')
    expect(Buffer.from(nextCursor, 'base64url').toString()).toMatch(/^1\.\d+$/)
    const sealed = (await list(key, '')).nextCursor
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toMatch(/\d\.\d/)
    expect((await list(key, `cursor=${sealed}`)).nextCursor).toHaveLength(sealed.length)
  })

  it('goes on where the page before ended, in every door, also after a restart', async () => {
    const found: string[] = []
    let cursor = ''
    for (;;) {
      const page = await list(key, cursor)
      found.push(...page.items.map(({ messageId }: { readonly messageId: string }) => messageId))
      if (page.nextCursor === null) break
      cursor = `cursor=${page.nextCursor}`
    }
    expect(found).toEqual(['own-0', 'own-1', 'own-2', 'own-3', 'own-4'])

    const { nextCursor } = await list(key, '')
    const operation = {
      name: 'getMessages',
      params: { channelId: 'own', limit: 2, order: 'asc', cursor: nextCursor },
    }
    const restarted = await startServer(server.db, { port: 0 })
    const response = await fetch(new URL('/v1/operations', restarted.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ operations: [operation, { batch: [operation] }, { each: [operation] }] }),
    })
    const { outcomes } = JSON.parse(await response.text())
    const expected = await list(key, `cursor=${nextCursor}`)
    for (const page of [outcomes[0].value, outcomes[1].value[0], outcomes[2].value[0].value]) {
      expect(page).toMatchObject({ items: [{ messageId: 'own-2' }, {}], nextCursor: expected.nextCursor })
    }
    await restarted.close()
  })

  it('goes on with what is written step by step, too: segmenting, and deletion by filters', async () => {
    const steps = await server.newKey({ scope: 'write', channels: ['steps'] })
    await server.db.addMessages(
      Array.from({ length: 6_000 }, (_, n) =>
        message(`step-${n}`, { channelId: 'steps', timestamp: n, messageType: 'bulk' }),
      ),
    )
    const db = server.connect({ apiKey: steps })
    const all = { messages: 6_000, members: 6_000, segments: 1 }
    expect(await db.segmentChannel({ channelId: 'steps', strategy: 'gap' })).toEqual(all)
    const cursors: string[] = []
    let deleted = 0
    for (const alone of [true, false]) {
      const messageType = alone ? 'bulk' : 'message'
      let cursor: string | null | undefined
      do {
        const params = { channelId: 'steps', messageType, ...(cursor != null && { cursor }) }
        const operation = { name: 'deleteMatchingMessages', params }
        const response = await server.fetch('/v1/operations', {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${steps}` },
          body: JSON.stringify({ operations: [alone ? operation : { each: [operation] }] }),
        })
        const [outcome] = JSON.parse(await response.text()).outcomes
        const { deletedMessages, nextCursor } = (alone ? outcome : outcome.value[0]).value
        deleted += deletedMessages
        cursor = nextCursor
        if (nextCursor !== null) cursors.push(nextCursor)
      } while (cursor !== null)
      await server.db.addMessages(
        Array.from({ length: 6_000 }, (_, n) => message(`more-${n}`, { channelId: 'steps', timestamp: n })),
      )
    }
    expect(deleted).toBe(12_000)
    expect(cursors.length).toBeGreaterThan(1)
    for (const cursor of cursors)
      expect(Buffer.from(cursor, 'base64url').toString('latin1')).not.toMatch(/^\d+\.\d+$/)
    await db.close()
  })

  it('is good for nobody else, and one that was made up is none', async () => {
    const { nextCursor: theDatabases } = await list(server.apiKey, '')
    const { nextCursor } = await list(key, '')
    const plain = Buffer.from('1.1').toString('base64url')
    const { detail } = await list(server.apiKey, 'cursor=nonsense')
    for (const [asker, cursor] of [
      [key, theDatabases],
      [key, plain],
      [key, `${nextCursor.slice(0, -2)}AA`],
      [another, nextCursor],
    ]) {
      expect(await list(asker, `cursor=${cursor}`)).toMatchObject({
        status: 400,
        detail,
        details: { field: 'cursor' },
      })
    }
  })
})
