import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isDeeper } from '../../src/server/json-depth.js'
import { startTestServer, type TestServer } from '../support/server.js'

describe('the depth of JSON text', () => {
  it.each([
    ['', 0],
    ['1', 0],
    ['[]', 1],
    ['[[],[{}],[]]', 3],
    ['{"a":{"b":[]}}', 3],
    ['"[[[["', 0],
    [String.raw`["\"[[",{"\\":"[["}]`, 2],
    ['[[[', 3],
    [']]][', 0],
  ])('%s', (text, depth) => {
    expect(isDeeper(text, depth)).toBe(false)
    if (depth > 0) expect(isDeeper(text, depth - 1)).toBe(true)
  })
})

describe('a request whose body is nested', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ maxBodyBytes: 1_000_000 })
  })
  afterAll(() => server.close())

  const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
  const store = async (metadata: string) => {
    const body = `{"messageId":"m","channelId":"c","userId":"u","content":"","timestamp":1,"metadata":${metadata}}`
    const headers = { 'content-type': 'application/json' }
    const response = await server.fetch('/v1/messages', { method: 'POST', body, headers })
    const text = await response.text()
    return { status: response.status, answer: JSON.parse(text) }
  }

  it('as deep as metadata may be is stored, and a level deeper is refused by name', async () => {
    expect(await store(nested(64))).toMatchObject({ status: 201 })
    expect(await store(nested(65))).toMatchObject({
      status: 400,
      answer: { code: 'INVALID_ARGUMENT', details: { field: 'metadata' } },
    })
  })

  it('deeper than any may be is not even read', async () => {
    const tooDeep = { status: 413, answer: { code: 'TOO_LARGE', details: { maxJsonDepth: 100 } } }
    expect(await store(nested(99))).toMatchObject({ status: 400, answer: { code: 'INVALID_ARGUMENT' } })
    expect(await store(nested(100))).toMatchObject(tooDeep)
    expect(await store('['.repeat(400_000))).toMatchObject(tooDeep)
  })

  it('and is no JSON, or empty, is told so as ever', async () => {
    for (const body of ['{"a":', '', 'null x']) {
      const headers = { 'content-type': 'application/json' }
      const response = await server.fetch('/v1/messages', { method: 'POST', body, headers })
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ code: 'INVALID_ARGUMENT' })
    }
  })

  it('is UTF-8, or is refused: text is stored as it was sent, or not at all', async () => {
    const body = (content: Buffer): Buffer =>
      Buffer.concat([
        Buffer.from('{"messageId":"bytes","channelId":"c","userId":"u","timestamp":1,"content":"'),
        content,
        Buffer.from('"}'),
      ])
    const send = (content: Buffer): Promise<Response> =>
      server.fetch('/v1/messages', {
        method: 'POST',
        body: body(content),
        headers: { 'content-type': 'application/json' },
      })
    for (const content of ['\xe9', '\xed\xa0\x80', '\xc0\xaf', '\xf0\x9f\x98']) {
      const response = await send(Buffer.from(content, 'latin1'))
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ code: 'INVALID_ARGUMENT' })
    }
    expect((await send(Buffer.from('é 😀'))).status).toBe(201)
    expect(await server.db.getMessage('bytes')).toMatchObject({ content: 'é 😀' })
  })

  it('is not packed: that is said of its header, and not that it is no text', async () => {
    const line = '{"messageId":"packed","channelId":"c","userId":"u","content":"","timestamp":1}'
    for (const [encoding, body] of [
      ['gzip', gzipSync(line)],
      ['br', Buffer.from(line)],
    ] as const) {
      const headers = { 'content-type': 'application/json', 'content-encoding': encoding }
      const response = await server.fetch('/v1/messages', { method: 'POST', body, headers })
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ details: { field: 'content-encoding' } })
    }
    const headers = { 'content-type': 'application/json', 'content-encoding': 'Identity' }
    const response = await server.fetch('/v1/messages', { method: 'POST', body: line, headers })
    expect(response.status).toBe(201)
  })
})
