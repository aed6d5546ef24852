import { operations, type DatabaseManager, type OperationName } from 'convodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { digestOf, parseKey } from '../../src/server/access/key-text.js'
import { SealedCursors } from '../../src/server/access/sealed-cursors.js'
import { channelRules } from '../../src/server/access/channel-rules.js'
import type { Resource } from '../../src/server/routes/resource.js'
import { resources } from '../../src/server/routes/resources.js'
import { dumpFile } from '../support/dump.js'
import { message } from '../support/databases.js'
import { startTestServer, type TestServer } from '../support/server.js'
import { firstStep, idsOf, own, samples, type Ids } from './channel-samples.js'

const names = Object.keys(operations).filter((name): name is OperationName => Object.hasOwn(operations, name))
/** The same ids but for this word: one is there, and is not the key's; of the other there is nothing. */
const foreign = idsOf('foreign')
const missing = idsOf('missing')

let server: TestServer
let key = ''
/** The first step of a strategy, as the key gets it. */
let ownFirstStep = ''
beforeAll(async () => {
  server = await startTestServer()
  await fill(server.db, foreign)
  await fill(server.db, own)
  await server.db.storeMessage(message('message-elsewhere', { channelId: 'channel-too' }))
  key = await server.newKey({ scope: 'write', channels: [own.channelId, 'channel-too', 'channel-later'] })
  ownFirstStep = new SealedCursors(digestOf(parseKey(key)?.secret ?? '')).seal(firstStep)
})
afterAll(() => server.close())

async function fill(db: DatabaseManager, { channelId, messageId, segmentId, userId }: Ids): Promise<void> {
  await db.storeMessage(message(messageId, { channelId, userId, content: `text of ${channelId}` }))
  await db.upsertUser({ userId, displayName: userId })
  await db.createSegmentWithMessages({
    segmentId,
    channelId,
    startTime: 0,
    endTime: 9,
    messages: [messageId],
  })
  for (const [ownerType, ownerId] of [
    ['message', messageId],
    ['segment', segmentId],
  ] as const) {
    await db.storeEmbeddings([{ ownerType, ownerId, model: 'mini', vector: [0, 1] }])
  }
}

async function ask(path: string, init: RequestInit = {}, apiKey = key): Promise<Answer> {
  const headers = {
    authorization: `Bearer ${apiKey}`,
    'x-request-id': 'same',
    ...(init.body !== undefined && { 'content-type': 'application/json' }),
  }
  const body =
    typeof init.body === 'string' && apiKey === key
      ? init.body.replaceAll(firstStep, ownFirstStep)
      : init.body
  const response = await server.fetch(path, { ...init, ...(body !== undefined && { body }), headers })
  const told = [...response.headers].filter(([name]) => name !== 'date' && !name.startsWith('x-ratelimit'))
  return { status: response.status, headers: told, body: await response.text() }
}

interface Answer {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
}

const askOperations = async (request: object, apiKey = key): Promise<Answer> =>
  ask('/v1/operations', { method: 'POST', body: JSON.stringify({ operations: [request] }) }, apiKey)
const outcomeOf = ({ body }: Answer) => JSON.parse(body).outcomes[0]

/** A request of a door with an operation's parameters, where the door has a place for all of them. */
function askResource({ method, path, listOf }: Resource, params: object): Promise<Answer> | undefined {
  const rest: Record<string, unknown> = { ...params }
  if (listOf !== undefined) {
    const list = rest[listOf.field]
    if (!Array.isArray(list)) return undefined
    delete rest[listOf.field]
    rest[listOf.pathParam] = list[0]
  }
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = encodeURIComponent(String(rest[name]))
    delete rest[name]
    return value
  })
  if (method !== 'GET' && method !== 'DELETE') return ask(filled, { method, body: JSON.stringify(rest) })
  const query = new URLSearchParams(
    Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)])),
  )
  return ask(`${filled}?${String(query)}`, { method })
}

/** What is left of an answer when the ids themselves are not looked at. */
const withoutIds = (answer: Answer): unknown =>
  JSON.parse(JSON.stringify(answer).replaceAll('foreign', 'missing'))

async function contentOf(db: DatabaseManager): Promise<string> {
  await db.checkpoint({ mode: 'truncate' })
  // What is counted beside the rows are transactions.
  const rows: [string, unknown][] = JSON.parse(dumpFile(db.path).rows)
  return JSON.stringify(rows.filter(([name]) => !name.startsWith('committed')))
}

describe('an id of a foreign channel is answered like one that is missing, byte for byte, and changes nothing', () => {
  it.each(names)('%s', async (name) => {
    const before = await contentOf(server.db)
    for (const sample of samples[name]) {
      const forms = (ids: Ids) => [
        askOperations({ name, params: sample(ids) }),
        askOperations({ batch: [{ name, params: sample(ids) }] }),
        askOperations({ each: [{ name, params: sample(ids) }] }),
        ...resources
          .filter(({ operation }) => operation === name)
          .map((resource) => askResource(resource, sample(ids)))
          .filter((answer) => answer !== undefined),
      ]
      const [answers, expected] = await Promise.all([
        Promise.all(forms(foreign)),
        Promise.all(forms(missing)),
      ])
      expect(answers.length).toBeGreaterThan(3)
      expect(answers.map(withoutIds)).toEqual(expected)
      for (const { status, body } of answers) {
        expect(status).not.toBe(500)
        expect(body).not.toMatch(/text of channel-foreign/)
        if (channelRules[name] === 'refused') expect(body).toMatch('FORBIDDEN')
      }
    }
    expect(await contentOf(server.db)).toBe(before)
  })

  it('nor do answers change with what goes on in other channels', async () => {
    const reads = names.filter((name) => operations[name].lane === 'read')
    const askAll = async () => {
      const answers = await Promise.all(
        reads.flatMap((name) =>
          samples[name].flatMap((sample) =>
            [own, foreign].map((ids) => askOperations({ name, params: sample(ids) })),
          ),
        ),
      )
      // A cursor of changes, or of a step of segmenting, is another each time, and always as long.
      return answers.map(({ body }) =>
        body.replace(/"nextCursor":"[\w-]{107,128}"/, (field) => `${field.length}`),
      )
    }
    const before = await askAll()
    await fill(server.db, idsOf('more'))
    await server.db.storeMessage(message('more in it', { channelId: foreign.channelId }))
    await server.db.storeMessage(
      message('more of a user', { channelId: foreign.channelId, userId: own.userId }),
    )
    expect(await askAll()).toEqual(before)
  })

  it('but that nothing can be stored under it, of which there is one error', async () => {
    const before = await contentOf(server.db)
    const { messageId, segmentId } = foreign
    for (const onConflict of ['update', 'ignore', 'error']) {
      const stored = message(messageId, { channelId: own.channelId, userId: 'new' })
      const created = { segmentId, channelId: own.channelId, startTime: 0, endTime: 1, onConflict }
      for (const [name, params, id] of [
        ['storeMessage', { ...stored, onConflict }, { messageId }],
        ['addMessages', { messages: [stored], onConflict }, { messageId }],
        ['createConversationSegment', created, { segmentId }],
        ['createSegmentWithMessages', { ...created, messages: [own.messageId] }, { segmentId }],
      ] as const) {
        const { ok, error } = outcomeOf(await askOperations({ name, params }))
        expect({ ok, error }).toEqual({
          ok: false,
          error: {
            code: 'FORBIDDEN',
            message: 'Nothing can be stored under this id here',
            details: id,
            operation: name,
          },
        })
      }
    }
    expect(await contentOf(server.db)).toBe(before)
  })
})

describe('a key for certain channels', () => {
  it('finds the samples where they are: the keys of others do', async () => {
    const found = outcomeOf(
      await askOperations(
        { name: 'getMessagesByIds', params: { messageIds: [foreign.messageId] } },
        server.apiKey,
      ),
    )
    expect(found.value).toMatchObject([{ channelId: foreign.channelId }])
  })

  it('may do in them whatever it may', async () => {
    const db = server.connect({ apiKey: key })
    const channelId = 'channel-later'
    expect(await db.storeMessage(message('later', { channelId }))).toMatchObject({ outcome: 'inserted' })
    expect(await db.storeMessage(message('later', { channelId: own.channelId }))).toMatchObject({
      outcome: 'updated',
    })
    expect(await db.updateMessage({ messageId: 'later', content: 'x' })).toMatchObject({ content: 'x' })
    expect(await db.addMessages([message('a', { channelId }), message('b', { channelId })])).toMatchObject({
      inserted: 2,
    })
    await db.createSegmentWithMessages({
      segmentId: 's',
      channelId,
      startTime: 0,
      endTime: 1,
      messages: ['a'],
    })
    expect(await db.addMessagesToSegment({ segmentId: 's', messages: ['b'] })).toBe(1)
    expect((await db.getSegmentMessages('s')).map(({ messageId }) => messageId)).toEqual(['a', 'b'])
    expect(await db.getMessageContext({ messageId: 'a' })).toMatchObject({ message: { messageId: 'a' } })
    await db.storeEmbeddings([{ ownerType: 'message', ownerId: 'a', model: 'mini', vector: [1, 1] }])
    expect(await db.getEmbeddings({ ownerType: 'message', ownerIds: ['a'] })).toHaveLength(1)
    expect(await db.countMessages({ channelId })).toBe(2)
    expect((await db.listChannels()).items.map((found) => found.channelId)).toEqual([
      channelId,
      'channel-too',
      own.channelId,
    ])
    expect(await db.deleteMessages(['a', 'b', 'later'])).toBe(3)
    expect(await db.deleteConversationSegment('s')).toBe(true)
    expect(await db.deleteChannel(channelId)).toBe(true)
    await db.close()
  })

  it('does a request with an idempotency key once, within them', async () => {
    const request = {
      idempotencyKey: 'once',
      operations: [
        { name: 'updateMessage', params: { messageId: foreign.messageId, content: 'mine' } },
        { name: 'storeMessage', params: message('once', { channelId: own.channelId }) },
      ],
    }
    const send = () => ask('/v1/operations', { method: 'POST', body: JSON.stringify(request) })
    const first = await send()
    expect(JSON.parse(first.body).outcomes).toMatchObject([
      { error: { code: 'NOT_FOUND' } },
      { value: { outcome: 'inserted' } },
    ])
    expect(await send()).toEqual(first)
  })

  it('counts nothing of all channels', async () => {
    for (const params of [{}, { channelId: null }, { channelId: [own.channelId] }, { after: 0 }]) {
      expect(outcomeOf(await askOperations({ name: 'countMessages', params }))).toMatchObject({
        error: { code: 'FORBIDDEN' },
      })
    }
    expect(await ask('/v1/messages:count')).toMatchObject({ status: 403 })
  })

  it('only stores where its scope is ingest', async () => {
    const apiKey = await server.newKey({ scope: 'ingest', channels: [own.channelId] })
    const store = (channelId: string) =>
      askOperations({ name: 'storeMessage', params: message('ingested', { channelId }) }, apiKey)
    await expect
      .poll(() => store(own.channelId).then(outcomeOf), { timeout: 60_000 })
      .toMatchObject({ ok: true })
    expect(await store(foreign.channelId)).toEqual(await store(missing.channelId))
    expect(outcomeOf(await store(foreign.channelId))).toMatchObject({ error: { code: 'FORBIDDEN' } })
  })
})
