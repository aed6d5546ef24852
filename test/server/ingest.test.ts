import { setTimeout as pause } from 'node:timers/promises'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../support/server.js'
import { startUpload, upload } from '../support/upload.js'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ maxLineBytes: 100_000 })
})
afterAll(() => server.close())

let channelId = ''
beforeEach(({ task }) => {
  channelId = task.id
})

const line = (messageId: string, fields: object = {}): string =>
  JSON.stringify({
    messageId: `${channelId}:${messageId}`,
    channelId,
    userId: 'ada',
    content: `text of ${messageId}`,
    timestamp: 1_000,
    ...fields,
  })
const numbered = (count: number): string[] => Array.from({ length: count }, (_, n) => line(String(n + 1)))
const contents = async (): Promise<string[]> => {
  const found = []
  for await (const { content } of server.db.iterateMessages({ channelId, order: 'asc' })) found.push(content)
  return found
}
const texts = (count: number): string[] => Array.from({ length: count }, (_, n) => `text of ${n + 1}`)

describe('an upload', () => {
  const manyLines = (): string => numbered(2_500).join('\n')
  it.each([
    ['as it is', undefined, (text: string) => Buffer.from(text)],
    ['as gzip', 'gzip', (text: string) => gzipSync(text)],
    ['as zstd', 'zstd', (text: string) => zstdCompressSync(text)],
    [
      'as several members of gzip',
      'x-gzip',
      (text: string) => Buffer.concat([gzipSync(text.slice(0, 10_001)), gzipSync(text.slice(10_001))]),
    ],
    [
      'as several frames of zstd',
      'zstd',
      (text: string) =>
        Buffer.concat(
          [text.slice(0, 10), text.slice(10, 100_001), text.slice(100_001)].map((part) =>
            zstdCompressSync(part),
          ),
        ),
    ],
  ])('is stored %s', async (_, encoding, pack) => {
    const headers = encoding === undefined ? {} : { 'content-encoding': encoding }
    const lines = await upload(server, pack(manyLines()), { headers })
    expect(lines[0]).toEqual({ progress: { line: 0, accepted: 0, refused: 0, durableLine: 0 } })
    expect(lines.at(-1)).toEqual({
      report: {
        lines: 2_500,
        accepted: { inserted: 2_500, updated: 0, ignored: 0 },
        refused: 0,
        durableLine: 2_500,
      },
    })
    expect(await contents()).toEqual(texts(2_500))
  })

  it('is stored as it comes, also where each line comes right after the one before', async () => {
    const sent = startUpload(server)
    let count = 0
    for (; sent.durableLine === 0 && count < 900; count += 1) {
      await sent.write(`${line(String(count + 1))}\n`)
      await pause(2)
    }
    expect(count).toBeLessThan(900)
    sent.end()
    expect(await sent.last).toMatchObject({ report: { lines: count, refused: 0 } })
  })

  it('of several frames of zstd is stored however they come', async () => {
    const frames = Buffer.concat(numbered(30).map((each) => zstdCompressSync(`${each}\n`)))
    const sent = startUpload(server, { headers: { 'content-encoding': 'zstd' } })
    for (let at = 0; at < frames.length; at += 97) {
      await sent.write(frames.subarray(at, at + 97))
      await new Promise((resolve) => setImmediate(resolve))
    }
    sent.end()
    expect(await sent.last).toMatchObject({ report: { lines: 30, refused: 0 } })
    expect(await contents()).toEqual(texts(30))
  })

  it('may have a byte order mark, blank lines, carriage returns and no last newline', async () => {
    const lines = await upload(server, `\uFEFF${line('1')}\r\n\n  \n${line('2')}`)
    expect(lines.at(-1)).toMatchObject({
      report: { lines: 4, accepted: { inserted: 2 }, refused: 0, durableLine: 4 },
    })
  })

  it('may be empty', async () => {
    expect((await upload(server, '')).at(-1)).toMatchObject({ report: { lines: 0, durableLine: 0 } })
  })

  it('may have all that a message has', async () => {
    const fields = {
      timestamp: '2026-11-26T10:00:00+01:00',
      metadata: { nested: [1] },
      messageType: 'note',
      replyToMessageId: 'x',
      editedAt: 5,
    }
    await upload(server, line('1', fields))
    expect(await server.db.getMessagesByIds([`${channelId}:1`])).toMatchObject([
      { ...fields, timestamp: new Date('2026-11-26T09:00:00Z'), editedAt: new Date(5) },
    ])
  })

  it('passes over what a user wrote who was forgotten', async () => {
    await upload(server, line('0', { userId: 'gone' }))
    await server.db.users.forgetUser('gone')
    const lines = await upload(server, [line('1'), line('x', { userId: 'gone' }), line('2')].join('\n'))
    expect(lines.at(-1)).toMatchObject({ report: { accepted: { inserted: 2, ignored: 1 }, refused: 0 } })
    expect(await contents()).toEqual(texts(2))
  })

  it('may begin with a later line: those before it are not looked at', async () => {
    const body = ['{}', 'no JSON', ...numbered(3)].join('\n')
    const lines = await upload(server, body, { query: '?startLine=3' })
    expect(lines[0]).toMatchObject({ progress: { durableLine: 2 } })
    expect(lines.at(-1)).toMatchObject({ report: { lines: 5, accepted: { inserted: 3 }, durableLine: 5 } })
  })

  it('is durable soon after each line, however slow its sender is', async () => {
    const sent = startUpload(server)
    await sent.write(`${line('1')}\n`)
    await sent.untilDurable(1)
    await sent.write(`${line('2')}\n`)
    await sent.untilDurable(2)
    expect(await contents()).toEqual(texts(2))
    sent.end()
    await sent.last
  })
})

describe('of lines with one id', () => {
  const twice = (): string =>
    [line('x', { content: 'first' }), ...numbered(3_000), line('x', { content: 'last' })].join('\n')
  const stored = async (): Promise<unknown> =>
    (await server.db.getMessagesByIds([`${channelId}:x`])).map(({ content }) => content)

  it('the later one wins', async () => {
    expect((await upload(server, twice())).at(-1)).toMatchObject({
      report: { accepted: { inserted: 3_001, updated: 1 } },
    })
    expect(await stored()).toEqual(['last'])
  })

  it('the later one wins also where a line between them is refused by the writer', async () => {
    await upload(server, line('taken'))
    const refused = line('taken', { onConflict: 'error' })
    for (const at of [1, 500, 1_500, 2_999]) {
      const lines = twice().split('\n').toSpliced(at, 0, refused)
      const answer = await upload(server, lines.join('\n'))
      expect(answer.at(-1)).toMatchObject({ report: { refused: 1 } })
      expect(await stored()).toEqual(['last'])
    }
  })

  it('the first one stays where conflicts are ignored', async () => {
    const answer = await upload(server, twice(), { query: '?onConflict=ignore' })
    expect(answer.at(-1)).toMatchObject({ report: { accepted: { inserted: 3_001, ignored: 1 } } })
    expect(await stored()).toEqual(['first'])
  })

  it('the later one is refused where conflicts are errors, and may say otherwise itself', async () => {
    const body = [twice(), line('x', { content: 'own', onConflict: 'update' })].join('\n')
    const answer = await upload(server, body, { query: '?onConflict=error' })
    expect(answer.filter(({ refused }) => refused !== undefined)).toMatchObject([
      { refused: { line: 3_002, code: 'ALREADY_EXISTS', details: { messageId: `${channelId}:x` } } },
    ])
    expect(answer.at(-1)).toMatchObject({ report: { accepted: { inserted: 3_001, updated: 1 }, refused: 1 } })
    expect(await stored()).toEqual(['own'])
  })
})

describe('a line is refused alone', () => {
  it.each([
    ['no JSON', () => 'no JSON', 'INVALID_ARGUMENT', 'the line is not JSON'],
    ['no object', () => '[1]', 'INVALID_ARGUMENT', 'the line is not a JSON object'],
    ['without a content', () => line('x', { content: undefined }), 'INVALID_ARGUMENT', 'content is missing'],
    ['of a wrong time', () => line('x', { timestamp: 'now' }), 'INVALID_ARGUMENT', 'timestamp'],
    ['with a field too many', () => line('x', { more: 1 }), 'INVALID_ARGUMENT', 'more is not a known field'],
    ['with __proto__', () => '{"__proto__":{},"messageId":"x"}', 'INVALID_ARGUMENT', '__proto__'],
    [
      'that is too long',
      () => line('x', { content: 'x'.repeat(100_000) }),
      'TOO_LARGE',
      'longer than 100000 bytes',
    ],
    [
      'with half a surrogate pair',
      () => line('x').replace('text', String.raw`\ud800`),
      'INVALID_ARGUMENT',
      'content',
    ],
  ])('%s', async (_, bad, code, text) => {
    const lines = await upload(server, [line('1'), bad(), line('2')].join('\n'))
    const refusals = lines.flatMap(({ refused }) => refused ?? [])
    expect(refusals).toMatchObject([{ line: 2, code }])
    expect(refusals[0]?.message).toContain(text)
    expect(refusals[0]?.message).not.toContain('operations[')
    expect(lines.at(-1)).toMatchObject({
      report: { lines: 3, accepted: { inserted: 2 }, refused: 1, durableLine: 3 },
    })
    expect(await contents()).toEqual(texts(2))
  })

  it('that is not UTF-8', async () => {
    const body = Buffer.concat([
      Buffer.from(`${line('1')}\n`),
      Buffer.from([0xff, 0x0a]),
      Buffer.from(line('2')),
    ])
    const lines = await upload(server, body)
    expect(lines.flatMap(({ refused }) => refused ?? [])).toMatchObject([
      { line: 2, message: 'the line is not valid UTF-8' },
    ])
    expect(await contents()).toEqual(texts(2))
  })

  it('and told of a thousand times at most', async () => {
    const lines = await upload(server, `${'{}\n'.repeat(5_000)}${line('1')}`)
    expect(lines.filter(({ refused }) => refused !== undefined)).toHaveLength(1_000)
    expect(lines.at(-1)).toMatchObject({
      report: { refused: 5_000, accepted: { inserted: 1 }, durableLine: 5_001 },
    })
  })
})
