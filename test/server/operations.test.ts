import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { message } from '../support/databases.js'
import { startTestServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await server.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: JSON.parse(await response.text()) }
}

const store = (messageId: string, fields: object = {}) => ({
  name: 'storeMessage',
  params: { ...message(messageId, { channelId: 'ops', ...fields }), timestamp: 1 },
})
const ask = async (request: object) => (await post('/v1/operations', request)).body

describe('POST /v1/operations', () => {
  it('answers each operation by itself, in order, reads and writes among each other', async () => {
    const { outcomes } = await ask({
      operations: [
        store('o1'),
        { name: 'getMessagesByIds', params: { messageIds: ['none'] } },
        { name: 'updateMessage', params: { messageId: 'none', content: 'x' } },
        store('o2', { content: 5 }),
        store('o3'),
        { name: 'nonsense', params: {} },
        { name: 'checkpoint', params: {} },
        null,
        { batch: [store('o4'), { name: 'getChannel', params: { channelId: 'ops' } }] },
        { each: [store('o5'), { name: 'updateMessage', params: { messageId: 'none' } }] },
        { name: 'storeMessage', params: {}, surprise: 1 },
      ],
    })
    expect(outcomes).toMatchObject([
      { ok: true, value: { messageId: 'o1', outcome: 'inserted' } },
      { ok: true, value: [] },
      { ok: false, error: { code: 'NOT_FOUND', operation: 'updateMessage' } },
      { ok: false, error: { code: 'INVALID_ARGUMENT', details: { field: 'content' } } },
      { ok: true, value: { messageId: 'o3' } },
      { ok: false, error: { code: 'INVALID_ARGUMENT', details: { field: 'name' } } },
      { ok: true, value: { busy: false } },
      { ok: false, error: { code: 'INVALID_ARGUMENT' } },
      { ok: true, value: [{ messageId: 'o4' }, { messageCount: 3 }] },
      { ok: true, value: [{ ok: true }, { ok: false, error: { code: 'NOT_FOUND', details: { index: 1 } } }] },
      { ok: false, error: { details: { field: 'surprise' } } },
    ])
  })

  it('with a key is done once, whoever asks again; the same key of another caller is another', async () => {
    const activity = (userId: string) => ({
      name: 'addMessages',
      params: { messages: [{ ...message(userId, { channelId: 'once' }), timestamp: 1 }] },
    })
    const request = {
      idempotencyKey: 'k1',
      operations: [
        activity('k-a'),
        store('k-b', { onConflict: 'error' }),
        { name: 'getChannel', params: { channelId: 'none' } },
        store('k-c', { onConflict: 'error' }),
      ],
    }
    const first = await ask(request)
    expect(first.outcomes).toMatchObject([
      { value: { inserted: 1 } },
      { ok: true },
      { ok: true },
      { ok: true },
    ])
    expect(await ask(request)).toEqual(first)
    const [again, other] = await Promise.all([
      ask(request),
      ask({ ...request, operations: request.operations.slice(1) }),
    ])
    expect(again).toEqual(first)
    expect(other.outcomes[0]).toMatchObject({ error: { code: 'IDEMPOTENCY_KEY_REUSED' } })
    const apiKey = await server.newKey({ scope: 'write' })
    const theirs = await post('/v1/operations', request, { authorization: `Bearer ${apiKey}` })
    expect(theirs.body.outcomes).toMatchObject([
      { value: { inserted: 0, updated: 1 } },
      { error: { code: 'ALREADY_EXISTS' } },
      {},
      {},
    ])
  })

  it('by a header is done once over REST, too', async () => {
    const body = { ...message('rest-1', { channelId: 'rest' }), timestamp: 1, onConflict: 'error' }
    const headers = { 'idempotency-key': 'a key of mine' }
    expect(await post('/v1/messages', body, headers)).toMatchObject({
      status: 201,
      body: { outcome: 'inserted' },
    })
    expect(await post('/v1/messages', body, headers)).toMatchObject({
      status: 201,
      body: { outcome: 'inserted' },
    })
    expect(await post('/v1/messages', body)).toMatchObject({
      status: 409,
      body: { code: 'ALREADY_EXISTS', details: { messageId: 'rest-1' } },
    })
    expect(await post('/v1/messages', { ...body, content: 'other' }, headers)).toMatchObject({ status: 422 })
    expect(
      await post('/v1/messages', { ...body, content: 5 }, { 'idempotency-key': 'another' }),
    ).toMatchObject({
      status: 400,
      body: { details: { field: 'content' } },
    })
    expect(await post('/v1/messages', body, { 'idempotency-key': 'x'.repeat(256) })).toMatchObject({
      status: 400,
    })
  })

  it('by a header is done once here, too, and has no other key beside it', async () => {
    const request = { operations: [store('in-head', { onConflict: 'error' })] }
    const headers = { 'idempotency-key': 'a key in the head' }
    const first = await post('/v1/operations', request, headers)
    expect(first.body.outcomes).toMatchObject([{ ok: true, value: { outcome: 'inserted' } }])
    expect(await post('/v1/operations', request, headers)).toEqual(first)
    expect(await post('/v1/operations', { ...request, idempotencyKey: 'k' }, headers)).toMatchObject({
      status: 400,
      body: { code: 'INVALID_ARGUMENT', details: { field: 'idempotencyKey' } },
    })
  })

  it('begins numbered requests in order, though they come in another', async () => {
    const request = (number: number, oldest: number) => ({
      idempotencyKey: `n${number}`,
      sequence: { client: 'c', number, oldest },
      operations: [store('numbered', { content: `version ${number}` })],
    })
    const last = ask(request(3, 1))
    const second = ask(request(2, 1))
    let isAnswered = false
    void last.then(() => (isAnswered = true))
    expect(
      await ask({ operations: [{ name: 'getMessagesByIds', params: { messageIds: ['numbered'] } }] }),
    ).toEqual({ outcomes: [{ ok: true, value: [] }] })
    expect(isAnswered).toBe(false)
    await ask(request(1, 1))
    await Promise.all([second, last])
    const { outcomes } = await ask({
      operations: [{ name: 'getMessagesByIds', params: { messageIds: ['numbered'] } }],
    })
    expect(outcomes[0].value).toMatchObject([{ content: 'version 3' }])
    // One that was begun is repeated without waiting, and what came before the oldest is settled.
    expect(await ask(request(2, 2))).toMatchObject({ outcomes: [{ ok: true }] })
    expect(await ask(request(9, 9))).toMatchObject({ outcomes: [{ ok: true }] })
  })

  it('answers with so much at once, and says what was too much', async () => {
    const small = await startTestServer({ maxResponseBytes: 1_000 })
    await small.db.storeMessage(message('large', { content: 'x'.repeat(600) }))
    const read = { name: 'getMessagesByIds', params: { messageIds: ['large'] } }
    const response = await small.fetch('/v1/operations', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ operations: [read, read, read] }),
    })
    const { outcomes } = JSON.parse(await response.text())
    expect(outcomes.filter(({ ok }: { ok: boolean }) => ok)).toHaveLength(1)
    expect(outcomes.find(({ ok }: { ok: boolean }) => !ok)).toMatchObject({ error: { code: 'TOO_LARGE' } })
    for (const together of [{ batch: [read, read, read] }, { each: [read, read, read] }]) {
      const answer = await small.fetch('/v1/operations', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ operations: [together] }),
      })
      expect(await answer.json()).toMatchObject({
        outcomes: [{ error: { code: 'TOO_LARGE', details: { maybeCommitted: true } } }],
      })
    }
    await small.close()
  })

  it('does nothing on the writer for a key that only reads', async () => {
    const apiKey = await server.newKey({ scope: 'read' })
    const read = { name: 'listChannels', params: {} }
    const askAs = async (operations: object[]) => {
      const response = await server.fetch('/v1/operations', {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
        body: JSON.stringify({ operations }),
      })
      return JSON.parse(await response.text()).outcomes
    }
    const [single, batch, each] = await askAs([read, { batch: [read] }, { each: [read] }])
    expect(single).toMatchObject({ ok: true })
    for (const refused of [batch, each])
      expect(refused).toMatchObject({ error: { code: 'FORBIDDEN', details: { needs: 'write' } } })
  })

  it('does not wait for ever for one that does not come', async () => {
    const request = { sequence: { client: 'lost', number: 2, oldest: 1 }, operations: [] }
    const response = await server.fetch('/v1/operations', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    })
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
  })

  it('answers stored messages tersely where it is asked to', async () => {
    expect(await ask({ terse: true, operations: [store('t1'), store('t2')] })).toEqual({
      outcomes: 'inserted',
    })
    expect(
      await ask({ terse: true, operations: [store('t1'), { name: 'countRows', params: {} }] }),
    ).toMatchObject({ outcomes: ['updated', { ok: true }] })
  })

  it('drops nothing of what it is asked', async () => {
    const [one, other] = [store('dropped-1'), store('dropped-2')]
    const asked: readonly (readonly [operation: object, field: string])[] = [
      [{ batch: [one], each: [other] }, 'each'],
      [{ batch: [one], ...other }, 'name'],
      [{ each: [one], surprise: 1 }, 'surprise'],
      [{ ...one, idempotencyKey: 'k' }, 'idempotencyKey'],
      [{ batch: 'x' }, 'batch'],
      [{ each: null }, 'each'],
    ]
    const { outcomes } = await ask({ operations: asked.map(([operation]) => operation) })
    expect(outcomes).toMatchObject(
      asked.map(([, field]) => ({ ok: false, error: { code: 'INVALID_ARGUMENT', details: { field } } })),
    )
    expect(await server.db.getMessagesByIds(['dropped-1', 'dropped-2'])).toEqual([])
  })

  it.each([
    [[store('x')], 'the body'],
    [null, 'the body'],
    [{ operations: [], terse: 'yes' }, 'terse'],
    [{ operations: [], sequence: { client: 'c', number: 1, oldest: 1, newest: 1 } }, 'newest'],
    [{ operations: [], sequence: {} }, 'sequence'],
    [{ operations: [], sequence: { client: 'c', number: 1, oldest: 2 } }, 'sequence'],
    [{ operations: [], idempotencyKey: '' }, 'idempotencyKey'],
    [{ operations: Array.from({ length: 1_001 }, () => store('x')) }, 'operations'],
  ])('refuses %j', async (request, field) => {
    expect(await post('/v1/operations', request)).toMatchObject({ status: 400, body: { details: { field } } })
  })
})
