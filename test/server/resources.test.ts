import { operations } from 'convodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resources } from '../../src/server/routes/resources.js'
import { startTestServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

/** The status and the JSON of an answer. */
async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await server.fetch(path, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    body: text === '' ? undefined : JSON.parse(text),
    headers: response.headers,
  }
}

const message = (messageId: string, channelId = 'general') => ({
  messageId,
  channelId,
  userId: 'ada',
  content: 'hello',
  timestamp: '2026-11-26T10:00:00Z',
})

describe('REST', () => {
  it('has a door to every operation', () => {
    const reached = new Set<string>(resources.map(({ operation }) => operation))
    expect(Object.keys(operations).filter((name) => !reached.has(name))).toEqual([])
  })

  it('adds, lists, shows and deletes reactions, whatever they are made of, and what a message was before', async () => {
    await ask('POST', '/v1/messages', { ...message('with/reactions', 'reactions'), content: 'before' })
    const path = `/v1/messages/${encodeURIComponent('with/reactions')}`
    const thumb = `${path}/reactions/${encodeURIComponent('👍/%')}/ada`
    expect(await ask('PUT', thumb)).toMatchObject({ status: 200, body: { count: 1 } })
    expect(await ask('PUT', thumb, { reactedAt: 5 })).toMatchObject({ status: 200, body: { count: 0 } })
    expect((await ask('GET', `${path}/reactions`)).body).toMatchObject({
      items: [{ userId: 'ada', reaction: '👍/%', removedAt: null }],
    })
    expect((await ask('GET', `${path}?with=user&with=reactions`)).body).toMatchObject({
      user: { displayName: null },
      reactions: [{ reaction: '👍/%', count: 1 }],
    })
    expect((await ask('GET', path)).body).not.toHaveProperty('reactions')
    expect(await ask('DELETE', thumb)).toMatchObject({ status: 204 })
    expect(await ask('DELETE', thumb)).toMatchObject({ status: 404 })
    expect((await ask('GET', `${path}/reactions?withRemoved=true`)).body).toMatchObject({
      items: [{ removedAt: expect.any(String) }],
    })
    await ask('PATCH', path, { content: 'after' })
    expect((await ask('GET', `${path}/history`)).body).toMatchObject({ items: [{ content: 'before' }] })
    expect(await ask('DELETE', `${path}/history`)).toMatchObject({ status: 204 })
    expect((await ask('GET', `${path}/history`)).body).toEqual({ items: [], nextCursor: null })
  })

  it('stores, gets, changes, lists, counts and deletes messages', async () => {
    expect(await ask('POST', '/v1/messages', message('1'))).toMatchObject({
      status: 201,
      body: { messageId: '1', outcome: 'inserted' },
    })
    expect(await ask('POST', '/v1/messages:batch', { messages: [message('2'), message('3')] })).toMatchObject(
      { status: 200, body: { inserted: 2 } },
    )
    expect(await ask('GET', '/v1/messages/1')).toMatchObject({
      status: 200,
      body: { messageId: '1', timestamp: '2026-11-26T10:00:00.000Z', editedAt: null },
    })
    expect(await ask('PATCH', '/v1/messages/1', { content: 'hi' })).toMatchObject({
      status: 200,
      body: { content: 'hi' },
    })
    const page = await ask('GET', '/v1/channels/general/messages?limit=2&order=asc')
    expect(page.body.items.map(({ messageId }: { messageId: string }) => messageId)).toEqual(['1', '2'])
    expect(
      await ask('GET', `/v1/channels/general/messages?limit=2&order=asc&cursor=${page.body.nextCursor}`),
    ).toMatchObject({ body: { items: [{ messageId: '3' }], nextCursor: null } })
    expect(await ask('GET', '/v1/messages/2/context?before=1&after=1')).toMatchObject({
      body: { before: [{ messageId: '1' }], message: { messageId: '2' }, after: [{ messageId: '3' }] },
    })
    expect(await ask('GET', '/v1/messages:count?channelId=general')).toMatchObject({ body: { count: 3 } })
    expect(await ask('POST', '/v1/messages:lookup', { messageIds: ['3', 'none', '1'] })).toMatchObject({
      body: { items: [{ messageId: '3' }, { messageId: '1' }] },
    })
    expect(await ask('DELETE', '/v1/messages/1')).toMatchObject({ status: 204, body: undefined })
    expect(await ask('DELETE', '/v1/messages/1')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } })
    expect(await ask('POST', '/v1/messages:delete', { messageIds: ['2', '3'] })).toMatchObject({
      body: { count: 2 },
    })
  })

  it('keeps segments and their members', async () => {
    await ask('POST', '/v1/messages:batch', { messages: [message('s1', 'seg'), message('s2', 'seg')] })
    const segment = { segmentId: 's', channelId: 'seg', startTime: 0, endTime: 10, vector: [1, 2] }
    expect(await ask('POST', '/v1/segments:with-messages', { ...segment, messages: ['s1'] })).toMatchObject({
      status: 201,
      body: { messageCount: 1, vector: 'AACAPwAAAEA=' },
    })
    expect(await ask('PUT', '/v1/segments/s/messages/s2', { position: 5 })).toMatchObject({
      body: { count: 1 },
    })
    expect(await ask('GET', '/v1/segments/s/messages')).toMatchObject({
      body: { items: [{ messageId: 's1' }, { messageId: 's2', position: 5 }] },
    })
    expect(await ask('GET', '/v1/channels/seg/segments:overlapping?startTime=5&endTime=6')).toMatchObject({
      body: { items: [{ segmentId: 's' }] },
    })
    expect(await ask('POST', '/v1/segments:message-ids', { segmentIds: ['s'] })).toMatchObject({
      body: { items: [{ messageIds: ['s1', 's2'] }] },
    })
    expect(await ask('DELETE', '/v1/segments/s')).toMatchObject({ status: 204 })
  })

  it('keeps users, their profiles, and forgets them', async () => {
    expect(await ask('PUT', '/v1/users/grace', { displayName: 'Grace' })).toMatchObject({
      status: 200,
      body: { displayName: 'Grace' },
    })
    expect(
      await ask('PATCH', '/v1/users/grace/profile', { profile: { likes: { tea: true } } }),
    ).toMatchObject({ body: { profile: { likes: { tea: true } } } })
    expect(await ask('GET', '/v1/users:search?query=gra')).toMatchObject({
      body: { items: [{ userId: 'grace' }] },
    })
    expect(await ask('POST', '/v1/users/grace/activity')).toMatchObject({ status: 200 })
    expect(await ask('POST', '/v1/users/grace/forget')).toMatchObject({ body: { wasKnown: true } })
    expect(await ask('GET', '/v1/users/grace')).toMatchObject({ status: 404 })
    expect(await ask('PUT', '/v1/users/grace', {})).toMatchObject({
      status: 410,
      body: { code: 'USER_FORGOTTEN' },
    })
  })

  it.each([
    'a/b',
    '%',
    '%2F',
    'a b',
    '?x=1',
    '#',
    'count',
    'messages:count',
    '😀',
    'é'.repeat(200),
    '字'.repeat(200),
    '__proto__',
    '\u0001',
    '\\',
    ';',
    '&=+',
  ])('takes an id of any text: %j', async (id) => {
    const path = `/v1/messages/${encodeURIComponent(id)}`
    await ask('POST', '/v1/messages', message(id, id))
    expect(await ask('GET', path)).toMatchObject({ status: 200, body: { messageId: id, channelId: id } })
    const channel = `/v1/channels/${encodeURIComponent(id)}`
    expect(await ask('GET', `${channel}/messages`)).toMatchObject({ body: { items: [{ messageId: id }] } })
    expect(await ask('DELETE', path)).toMatchObject({ status: 204 })
  })

  // A URL can not have them in its path, encoded or not (https://url.spec.whatwg.org/#double-dot-path-segment).
  it.each(['.', '..'])('takes the id %j where it stands in the body', async (id) => {
    await ask('POST', '/v1/messages', message(id))
    expect(await ask('POST', '/v1/messages:lookup', { messageIds: [id] })).toMatchObject({
      body: { items: [{ messageId: id }] },
    })
    expect(await ask('POST', '/v1/messages:delete', { messageIds: [id] })).toMatchObject({
      body: { count: 1 },
    })
  })

  it.each(['if-match', 'if-none-match', 'if-unmodified-since'])(
    'changes nothing under a condition that it does not heed: %s',
    async (field) => {
      await ask('POST', '/v1/messages', message('conditional'))
      const etag = { [field]: '"some"' }
      for (const [method, body] of [
        ['PATCH', { content: 'changed' }],
        ['DELETE', undefined],
      ] as const) {
        expect(await ask(method, '/v1/messages/conditional', body, etag)).toMatchObject({
          status: 501,
          body: { code: 'UNSUPPORTED', details: { field } },
        })
      }
      expect(await ask('GET', '/v1/messages/conditional')).toMatchObject({ body: { content: 'hello' } })
    },
  )

  it('tags what is one thing, and sends it again only when it has changed', async () => {
    await ask('POST', '/v1/messages', message('tagged'))
    const first = await ask('GET', '/v1/messages/tagged')
    const etag = first.headers.get('etag') ?? ''
    expect(
      await ask('GET', '/v1/messages/tagged', undefined, { 'if-none-match': `"x", W/${etag}` }),
    ).toMatchObject({ status: 304, body: undefined })
    await ask('PATCH', '/v1/messages/tagged', { content: 'other' })
    expect(await ask('GET', '/v1/messages/tagged', undefined, { 'if-none-match': etag })).toMatchObject({
      status: 200,
    })
  })
})

describe('what is wrong is refused by its name', () => {
  it.each([
    ['GET', '/v1/channels/general/messages?limit=ten', undefined, 400, 'limit'],
    ['GET', '/v1/channels/general/messages?limit=10.0', undefined, 400, 'limit'],
    ['GET', '/v1/channels/general/messages?limit=1&limit=2', undefined, 400, 'limit'],
    ['GET', '/v1/channels/general/messages?surprise=1', undefined, 400, 'surprise'],
    ['GET', '/v1/channels/general/messages?before=2024-02-30', undefined, 400, 'before'],
    ['GET', '/v1/channels/general/messages?channelId=other', undefined, 400, 'channelId'],
    ['GET', '/v1/messages/x?messageIds=y', undefined, 400, 'messageIds'],
    ['PATCH', '/v1/messages/x', { messageId: 'y' }, 400, 'messageId'],
    ['PATCH', '/v1/messages/x?content=y', {}, 400, 'content'],
    ['POST', '/v1/messages', { ...message('x'), surprise: 1 }, 400, 'surprise'],
    ['POST', '/v1/messages', { ...message('x'), timestamp: true }, 400, 'timestamp'],
    ['POST', '/v1/messages', { ...message('x'), content: 5 }, 400, 'content'],
    ['POST', '/v1/messages', { ...message('x'), content: '\ud800' }, 400, 'content'],
    ['POST', '/v1/messages', [], 400, 'the body'],
    ['POST', '/v1/operations', { operations: [], surprise: 1 }, 400, 'surprise'],
    ['POST', '/v1/operations', {}, 400, 'operations'],
  ] as const)('%s %s %j', async (method, path, body, status, field) => {
    expect(await ask(method, path, body)).toMatchObject({
      status,
      body: { code: 'INVALID_ARGUMENT', details: { field } },
    })
  })

  it('tells of every error as a problem (RFC 9457)', async () => {
    const { status, body, headers } = await ask('GET', '/v1/nowhere')
    expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(body).toEqual({
      type: 'urn:convodb:error:NOT_FOUND',
      title: 'NOT_FOUND',
      status,
      detail: expect.any(String),
      code: 'NOT_FOUND',
      details: {},
      requestId: headers.get('x-request-id'),
    })
  })

  it('a path that is percent-encoded wrongly is told so as everything else', async () => {
    for (const path of ['/v1/messages/%zz', '/v1/messages/%E0%A4%A']) {
      const { status, body, headers } = await ask('GET', path)
      expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
      expect({ status, body }).toMatchObject({
        status: 400,
        body: { status: 400, code: 'INVALID_ARGUMENT', requestId: headers.get('x-request-id') },
      })
    }
  })

  it.each([
    ['/v1/messages', 'text/plain', 'application/json'],
    ['/v1/messages', 'application/x-www-form-urlencoded', 'application/json'],
    ['/v1/operations', 'text/plain', 'application/json'],
    ['/v1/ingest', 'application/json', 'application/x-ndjson'],
  ])('a body for %s of the type %s: it must be %s', async (path, type, expected) => {
    const body = JSON.stringify(message('typed'))
    const response = await server.fetch(path, { method: 'POST', headers: { 'content-type': type }, body })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      code: 'INVALID_ARGUMENT',
      detail: `content-type must be ${expected}`,
      details: { field: 'content-type' },
    })
  })

  it('a body that is too long, with how long it may be', async () => {
    const small = await startTestServer({ maxBodyBytes: 100 })
    const headers = { 'content-type': 'application/json' }
    const response = await small.fetch('/v1/messages', { method: 'POST', headers, body: ' '.repeat(101) })
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ code: 'TOO_LARGE', details: { maxBodyBytes: 100 } })
    await small.close()
  })

  it.each([
    ['no JSON', 'application/json', '{"a":', 400],
    ['another type', 'text/plain', 'hello', 400],
    ['no type', '', '{}', 400],
  ])('%s', async (_, type, body, status) => {
    const headers: Record<string, string> = type === '' ? { 'content-type': ' ' } : { 'content-type': type }
    const response = await server.fetch('/v1/messages', { method: 'POST', headers, body })
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ code: 'INVALID_ARGUMENT' })
  })
})
