import { join } from 'node:path'
import { connect, openDatabase, type ChangeEvent } from 'convodb'
import { createKey, keyPlaceOf, startServer } from 'convodb/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectError, message, temporaryFolder } from '../support/databases.js'
import { idOf, readBlocks } from '../support/event-blocks.js'
import { startTestServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ maxStreams: 30 })
})
afterAll(() => server.close())

describe('GET /v1/events', () => {
  it('tells what is committed, as a browser reads it, and goes on where it was', async () => {
    const [started] = await readBlocks(server, '/v1/events', 1)
    expect(started).toMatch(/^id: c\S+\nevent: started\ndata: \{"cursor":"c\S+"\}$/)
    const start = idOf(started)
    await server.db.storeMessage(message('e1', { channelId: 'events', content: 'a\nb' }))
    await server.db.deleteMessages(['e1'])
    await server.db.storeMessage(message('e2', { channelId: 'events' }))
    const [, first, second] = await readBlocks(server, `/v1/events?after=${start}`, 3)
    expect(first).toMatch(/^id: \S+\nevent: messageDeleted\ndata: \{.*"messageId":"e1"\}$/)
    expect(second).toMatch(
      /event: messageStored\ndata: \{"kind":"messageStored".*"timestamp":"1970-01-01T00:00:01.000Z"/,
    )
    const [, again] = await readBlocks(server, '/v1/events', 2, { 'last-event-id': idOf(first) })
    expect(again).toBe(second)
  })

  it('tells of one channel', async () => {
    const { nextCursor } = await server.db.listChanges({})
    await server.db.storeMessage(message('o1', { channelId: 'other' }))
    await server.db.storeMessage(message('c1', { channelId: 'a/b' }))
    const [, event] = await readBlocks(
      server,
      `/v1/channels/${encodeURIComponent('a/b')}/events?after=${nextCursor}`,
      2,
    )
    expect(event).toContain('"messageId":"c1"')
  })

  it('tells as its last event what is wrong', async () => {
    for (const [query, code] of [
      ['after=nonsense', 'INVALID_ARGUMENT'],
      ['surprise=1', 'INVALID_ARGUMENT'],
      ['after=czzzzzzzz.0', 'CURSOR_TOO_OLD'],
    ]) {
      const text = await (await server.fetch(`/v1/events?${query}`)).text()
      expect(text).toMatch(new RegExp(`event: error\\ndata: \\{"code":"${code}"`))
      // A browser that comes back would go on from there, as if it had asked for that.
      if (code === 'INVALID_ARGUMENT') expect(text).not.toMatch(/^id:/m)
    }
  })

  it.each([
    ['/v1/events?maxQueuedEvents=1e3', 'maxQueuedEvents'],
    ['/v1/events?maxQueuedEvents=%205', 'maxQueuedEvents'],
    ['/v1/events?maxQueuedEvents=5&maxQueuedEvents=6', 'maxQueuedEvents'],
    ['/v1/channels/one/events?channelId=other', 'channelId'],
  ])('takes %s for nothing else', async (path, field) => {
    const stop = new AbortController()
    const response = await server.fetch(path, { signal: stop.signal })
    const { value } = (await response.body?.getReader().read()) ?? {}
    stop.abort()
    expect(Buffer.from(value ?? []).toString()).toMatch(`"details":{"field":"${field}"}`)
  })

  it('has so many streams at once, and room again when one is left', async () => {
    const stop = new AbortController()
    const open = await Promise.all(
      Array.from({ length: 60 }, () => server.fetch('/v1/events', { signal: stop.signal })),
    )
    expect(open.filter(({ status }) => status === 200)).toHaveLength(30)
    const refused = await server.fetch('/v1/events')
    expect(refused.status).toBe(503)
    expect(await refused.json()).toMatchObject({ code: 'OVERLOADED', details: { maxStreams: 30 } })
    stop.abort()
    await expect.poll(async () => (await server.db.stats()).subscribers, { timeout: 60_000 }).toBe(0)
    await readBlocks(server, '/v1/events', 1)
  })
})

describe('db.subscribe over HTTP', () => {
  it('keeps no other call waiting where the server has no room for one more stream', async () => {
    const small = await startTestServer({ maxStreams: 1 })
    const client = small.connect()
    const first = client.subscribe()
    const second = client.subscribe()
    const startMs = performance.now()
    await client.storeMessage(message('not-waiting'))
    expect(performance.now() - startMs).toBeLessThan(20_000)
    expect((await first.next()).value).toMatchObject({ messageId: 'not-waiting' })
    await second.return?.()
    await client.close()
    await small.close()
  })

  it('skips nothing and tells nothing twice over restarts of the server', async () => {
    const path = join(await temporaryFolder(), 'chat.db')
    const { key: apiKey } = await createKey(keyPlaceOf(path), { scope: 'write' })
    let db = await openDatabase(path, { readers: 1 })
    let running = await startServer(db, { port: 0 })
    const port = Number(new URL(running.url).port)
    const client = connect(running.url, { apiKey, retryForMs: 120_000 })
    const subscription = client.subscribe()
    const told: string[] = []
    const following = (async () => {
      for await (const event of subscription) if (event.kind === 'messageStored') told.push(event.messageId)
    })()
    const ended = following.catch((error: unknown) => error)
    const stored: string[] = []
    for (let round = 0; round < 3; round += 1) {
      for (let n = 0; n < 200; n += 1) {
        const id = `${round}-${n}`
        await client.storeMessage(message(id))
        stored.push(id)
      }
      await running.close()
      await db.close()
      db = await openDatabase(path, { readers: 1 })
      running = await startServer(db, { port })
    }
    await expect.poll(() => told.length, { timeout: 120_000 }).toBeGreaterThanOrEqual(stored.length)
    expect(told).toEqual(stored)
    await client.close()
    expect(await ended).toMatchObject({ code: 'CLOSED' })
    await running.close()
    await db.close()
  })

  it('is of who may read', async () => {
    const apiKey = await server.newKey({ scope: 'ingest' })
    const client = connect(server.server.url, { apiKey })
    await expectError(client.subscribe().next(), 'FORBIDDEN')
    await client.close()
  })

  it('gives times and vectors as elsewhere', async () => {
    const client = server.connect()
    await using subscription = client.subscribe({ channelId: 'typed' })
    await client.storeMessage(message('typed-1', { channelId: 'typed', metadata: { timestamp: 'text' } }))
    const { value } = await subscription.next()
    const event: ChangeEvent | undefined = value
    expect(event).toMatchObject({ message: { timestamp: new Date(1_000), metadata: { timestamp: 'text' } } })
    await client.close()
  })
})
