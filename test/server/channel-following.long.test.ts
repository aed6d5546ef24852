import { get, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import type { ChangeEvent } from 'convodb'
import { createKey, keyPlaceOf, revokeKey } from 'convodb/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import { idOf, readBlocks } from '../support/event-blocks.js'
import { startTestServer, type TestServer } from '../support/server.js'
import { startUpload, upload } from '../support/upload.js'

let server: TestServer
let start = ''
let one = ''
let two = ''
beforeAll(async () => {
  server = await startTestServer()
  const { db } = server
  start = (await db.listChanges({})).nextCursor
  for (const channelId of ['own', 'too', 'foreign']) {
    await db.storeMessage(message(`${channelId}-1`, { channelId }))
    await db.storeMessage(message(`${channelId}-gone`, { channelId }))
    await db.deleteMessages([`${channelId}-gone`])
    await db.updateMessage({ messageId: `${channelId}-1`, content: `new text of ${channelId}` })
    await db.createConversationSegment({ segmentId: `s-${channelId}`, channelId, startTime: 0, endTime: 1 })
  }
  await db.upsertUser({ userId: 'ada', displayName: 'Ada' })
  one = await server.newKey({ scope: 'read', channels: ['own'] })
  two = await server.newKey({ scope: 'write', channels: ['own', 'too'] })
  await untilKnown(two)
})
afterAll(() => server.close())

const bearer = (apiKey: string) => ({ authorization: `Bearer ${apiKey}` })
async function ask(path: string, apiKey: string) {
  const headers = { ...bearer(apiKey), 'x-request-id': 'same' }
  const response = await server.fetch(path, { headers })
  return { status: response.status, body: await response.text() }
}
/** A key is known a moment after it was made. */
async function untilKnown(apiKey: string): Promise<void> {
  while ((await ask('/openapi.json', apiKey)).status === 401) await pause(20)
}
const changeOf = (block: string | undefined): ChangeEvent =>
  JSON.parse(/^data: (.*)$/m.exec(block ?? '')?.[1] ?? '{}')
const told = (change: ChangeEvent): string => {
  const { kind, messageId, segmentId } = { messageId: '', segmentId: '', ...change }
  return `${kind} ${messageId}${segmentId}`
}
/** What the database tells whoever may know of everything. */
async function changesOf(...channelIds: string[]): Promise<string[]> {
  const { items } = await server.db.listChanges({ after: start, limit: 1_000 })
  return items.filter((item) => 'channelId' in item && channelIds.includes(item.channelId)).map(told)
}

describe('a key for certain channels follows what happens in them', () => {
  it('and in no others, in the order of the commits, and goes on where it was', async () => {
    const expected = await changesOf('own', 'too')
    const [started] = await readBlocks(server, '/v1/events', 1, bearer(two))
    const { db } = server
    await db.storeMessage(message('foreign-2', { channelId: 'foreign' }))
    await db.storeMessage(message('own-2', { channelId: 'own' }))
    await db.storeMessage(message('too-2', { channelId: 'too' }))
    const [, first, second] = await readBlocks(server, `/v1/events?after=${idOf(started)}`, 3, bearer(two))
    expect([first, second].map(changeOf).map(told)).toEqual(['messageStored own-2', 'messageStored too-2'])
    const [, again] = await readBlocks(server, '/v1/events', 2, {
      ...bearer(two),
      'last-event-id': idOf(first),
    })
    expect(told(changeOf(again))).toBe('messageStored too-2')
    expect(expected.length).toBeGreaterThan(6)
  })

  it('through the client, with several channels or one of them, also what was before', async () => {
    const client = server.connect({ apiKey: two })
    for (const channelId of [undefined, 'too']) {
      const before = client.subscribe({ channelId })
      await before.return()
      const page = await client.listChanges({ channelId: 'own' })
      await server.db.storeMessage(message('foreign-3', { channelId: 'foreign' }))
      await client.storeMessage(message(`own-3-${channelId}`, { channelId: 'own' }))
      await client.storeMessage(message(`too-3-${channelId}`, { channelId: 'too' }))
      const changes: ChangeEvent[] = []
      for await (const change of client.subscribe({ channelId, after: page.nextCursor })) {
        changes.push(change)
        if (told(change) === `messageStored too-3-${channelId}`) break
      }
      const inOwn = channelId === undefined ? ['messageStored own-3-undefined'] : []
      expect(changes.map(told)).toEqual([...inOwn, `messageStored too-3-${channelId}`])
    }
    await client.close()
  })

  it('but is told of a foreign channel as of one that is missing, and of none that it makes up', async () => {
    for (const path of ['/v1/channels/%/events', '/v1/events?channelId=%', '/v1/changes?channelId=%']) {
      const [foreign, missing] = await Promise.all(
        ['foreign', 'missing'].map((channelId) => ask(path.replace('%', channelId), one)),
      )
      expect(foreign).toMatchObject({ status: 403 })
      expect(foreign?.body.replaceAll('foreign', 'missing')).toBe(missing?.body)
    }
    expect(await ask('/v1/changes', one)).toMatchObject({ status: 403 })
    for (const apiKey of [one, server.apiKey]) {
      const { status, body } = await ask('/v1/events?withinChannels=foreign&withinChannels=own', apiKey)
      expect({ status, ...JSON.parse(body) }).toMatchObject({ status: 400, code: 'INVALID_ARGUMENT' })
    }
  })

  it('page by page, and whether there is more tells nothing of other channels', async () => {
    const client = server.connect({ apiKey: one })
    const { nextCursor } = await client.listChanges({ channelId: 'own' })
    await client.close()
    const page = async (after: string, limit: number) =>
      JSON.parse((await ask(`/v1/changes?channelId=own&limit=${limit}&after=${after}`, one)).body)
    const { db } = server
    await db.storeMessage(message('own-4', { channelId: 'own' }))
    await db.addMessages(
      Array.from({ length: 10_500 }, (_, n) => message(`many-${n}`, { channelId: 'foreign' })),
    )
    expect(await page(nextCursor, 1)).toMatchObject({ items: [{ messageId: 'own-4' }], hasMore: false })
    await db.storeMessage(message('own-5', { channelId: 'own' }))
    const first = await page(nextCursor, 1)
    expect(first).toMatchObject({ items: [{ messageId: 'own-4' }], hasMore: true })
    expect(await page(first.nextCursor, 5)).toMatchObject({ items: [{ messageId: 'own-5' }], hasMore: false })
    expect(await page(first.items[0].cursor, 5)).toMatchObject({ items: [{ messageId: 'own-5' }] })
  })

  it('with cursors that tell nothing, and are nobody else’s', async () => {
    const [first, second] = await Promise.all(
      [0, 1].map(() => ask('/v1/changes?channelId=own', one).then(({ body }) => JSON.parse(body).nextCursor)),
    )
    expect(first).not.toBe(second)
    expect(first).toHaveLength(second.length)
    expect(Buffer.from(first, 'base64url').toString('latin1')).not.toMatch(/c\w+\.\w+/)
    for (const [apiKey, cursor] of [
      [one, start],
      [two, first],
      [server.apiKey, first],
      [one, `${first.slice(0, -4)}AAAA`],
    ]) {
      expect((await ask(`/v1/changes?channelId=own&after=${cursor}`, apiKey)).body).toContain(
        '"INVALID_ARGUMENT"',
      )
      expect((await ask(`/v1/events?after=${cursor}`, apiKey)).body).toMatch(
        /event: error\ndata: \{"code":"INVALID_ARGUMENT"/,
      )
    }
  })

  it('and hears nothing while something happens in others', async () => {
    const stop = new AbortController()
    const response = await server.fetch('/v1/events', { headers: bearer(one), signal: stop.signal })
    let heard = ''
    const listening = (async () => {
      for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) heard += piece
    })().catch(() => undefined)
    await expect.poll(() => heard).toContain('event: started')
    const startedAtMs = performance.now()
    // Whoever may know of all channels is told within a second how far the stream is.
    const places = readBlocks(server, '/v1/channels/quiet/events', 2)
    await server.db.storeMessage(message('foreign-5', { channelId: 'foreign' }))
    expect((await places).every((block) => block.includes('id: c'))).toBe(true)
    const [started, ...heartbeats] = heard.trimEnd().split('\n\n')
    expect(started).toMatch(/^id: \S+\nevent: started\ndata: \{"cursor":"\S+"\}$/)
    expect(heartbeats.length).toBeLessThanOrEqual((performance.now() - startedAtMs) / 15_000)
    stop.abort()
    await listening
  })

  it('and a slow one is told where it can go on', async () => {
    const subscribers = async (): Promise<number> => (await server.db.stats()).subscribers
    await expect.poll(subscribers, { timeout: 60_000 }).toBe(0)
    const url = new URL('/v1/events?maxQueuedEvents=10', server.url)
    const response = await new Promise<IncomingMessage>((resolve) =>
      get(url, { headers: bearer(two) }, resolve),
    )
    const content = 'x'.repeat(100_000)
    // It reads nothing: the sockets between are full at some time.
    for (let n = 0; (await subscribers()) === 1; n += 20) {
      const messages = Array.from({ length: 20 }, (_, i) =>
        message(`big-${n + i}`, { channelId: 'own', content }),
      )
      await server.db.addMessages(messages)
    }
    const error = /event: error\ndata: (.*)\n/.exec(await text(response))?.[1] ?? '{}'
    expect(JSON.parse(error)).toMatchObject({ code: 'OVERLOADED' })
    const { cursor } = JSON.parse(error).details
    expect(cursor).not.toMatch(/^c\w+\.\w+$/)
    const [, next] = await readBlocks(server, `/v1/events?after=${cursor}`, 2, bearer(two))
    expect(told(changeOf(next))).toMatch(/^messageStored big-\d+$/)
  })
})

it('a key of certain channels asks for changes by themselves, not among other operations', async () => {
  const operation = { name: 'listChanges', params: { channelId: 'own' } }
  const response = await server.fetch('/v1/operations', {
    method: 'POST',
    headers: { ...bearer(two), 'content-type': 'application/json' },
    body: JSON.stringify({ operations: [operation, { batch: [operation] }, { each: [operation] }] }),
  })
  expect(await response.json()).toMatchObject({
    outcomes: [{ ok: true }, { error: { code: 'FORBIDDEN' } }, { error: { code: 'FORBIDDEN' } }],
  })
})

describe('a key that is revoked', () => {
  async function newKey(scope: 'read' | 'ingest') {
    const path = keyPlaceOf(server.db.path)
    const { key, keyId } = await createKey(path, { scope, channels: ['own'] })
    await untilKnown(key)
    return { key, revoke: () => revokeKey(path, keyId) }
  }

  it('ends its streams, and tells them why', async () => {
    const { key, revoke } = await newKey('read')
    const response = await server.fetch('/v1/events', { headers: bearer(key) })
    const client = server.connect({ apiKey: key })
    const following = client.subscribe().next()
    await client.listChanges({ channelId: 'own' })
    await revoke()
    expect(await response.text()).toMatch(/event: error\ndata: \{"code":"UNAUTHORIZED"/)
    await expectError(following, 'UNAUTHORIZED')
    await client.close()
  })

  it('ends its uploads, which keep what is stored', async () => {
    const { key, revoke } = await newKey('ingest')
    const sent = startUpload(server, { headers: bearer(key) })
    const line = { messageId: 'before', channelId: 'own', userId: 'ada', content: '', timestamp: 1 }
    await sent.write(`${JSON.stringify(line)}\n`)
    await sent.untilDurable(1)
    await revoke()
    expect(await sent.last).toMatchObject({ error: { code: 'UNAUTHORIZED', details: { durableLine: 1 } } })
    expect(await server.db.getMessagesByIds(['before'])).toHaveLength(1)
  })
})

describe('a key for certain channels uploads', () => {
  it('into them, and each other line is refused, foreign or missing, with the same words', async () => {
    const key = await server.newKey({ scope: 'ingest', channels: ['own'] })
    await untilKnown(key)
    const line = (messageId: string, channelId: unknown): string =>
      JSON.stringify({ messageId, channelId, userId: 'ada', content: 'uploaded', timestamp: 1 })
    const lines = await upload(
      server,
      [
        line('up-1', 'own'),
        line('up-2', 'foreign'),
        line('up-3', 'missing'),
        line('up-4', 7),
        line('foreign-1', 'own'),
      ].join('\n'),
      { headers: bearer(key) },
    )
    const refused = lines.flatMap((each: object) => ('refused' in each ? [Object(each.refused)] : []))
    const outside = {
      code: 'FORBIDDEN',
      details: {},
      message: 'This key is for certain channels, and this is not within them',
    }
    expect(refused).toEqual([
      { line: 2, ...outside },
      { line: 3, ...outside },
      { line: 4, ...outside },
      {
        line: 5,
        code: 'FORBIDDEN',
        message: 'Nothing can be stored under this id here',
        details: { messageId: 'foreign-1' },
      },
    ])
    expect(lines.at(-1)).toMatchObject({ report: { accepted: { inserted: 1 }, refused: 4, durableLine: 5 } })
    expect(await server.db.getMessagesByIds(['up-1', 'up-2', 'up-3', 'foreign-1'])).toMatchObject([
      { messageId: 'up-1', channelId: 'own' },
      { messageId: 'foreign-1', channelId: 'foreign', content: 'new text of foreign' },
    ])
    expect(await server.db.getChannel('missing')).toBeUndefined()
  })
})
