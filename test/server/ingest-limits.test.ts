import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../support/server.js'
import { startUpload, upload } from '../support/upload.js'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const line = (messageId: string, fields: object = {}): string =>
  JSON.stringify({
    messageId,
    channelId: 'general',
    userId: 'ada',
    content: 'text',
    timestamp: 1_000,
    ...fields,
  })
const numbered = (count: number): string[] => Array.from({ length: count }, (_, n) => line(String(n + 1)))

describe('an upload is not begun', () => {
  it.each([
    ['of another type', {}, { 'content-type': 'application/json' }, 'INVALID_ARGUMENT'],
    ['in an unknown encoding', {}, { 'content-encoding': 'br' }, 'INVALID_ARGUMENT'],
    ['with an unknown field of the query', { query: '?from=3' }, {}, 'INVALID_ARGUMENT'],
    ['from line 0', { query: '?startLine=0' }, {}, 'INVALID_ARGUMENT'],
    ['with an unknown onConflict', { query: '?onConflict=replace' }, {}, 'INVALID_ARGUMENT'],
  ])('%s', async (_, options, headers, code) => {
    const sent = startUpload(server, { ...options, headers })
    sent.end('{}')
    expect(await sent.response).toMatchObject({
      status: 400,
      headers: { 'content-type': 'application/problem+json; charset=utf-8' },
    })
    await expect.poll(() => sent.lines).toMatchObject([{ code }])
  })

  it('with a key that only reads, and is with one that only stores', async () => {
    for (const [scope, status] of [
      ['read', 403],
      ['ingest', 200],
    ] as const) {
      const apiKey = await server.newKey({ scope })
      const ask = async (): Promise<number> => {
        const sent = startUpload({ url: server.url, apiKey })
        sent.end('')
        return (await sent.response).status
      }
      await expect.poll(ask).toBe(status)
    }
  })

  it('beside as many as there may be', async () => {
    const few = await startTestServer({ maxIngests: 2 })
    const running = [startUpload(few), startUpload(few)]
    for (const each of running) await each.write(`${line('1')}\n`)
    for (const each of running) await each.untilDurable(1)
    const refused = startUpload(few)
    refused.end(line('2'))
    expect(await refused.response).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    for (const each of running) each.end()
    await Promise.all(running.map(({ last }) => last))
    expect((await upload(few, line('2'))).at(-1)).toMatchObject({ report: { accepted: { inserted: 1 } } })
    await few.close()
  })
})

describe('meanwhile', () => {
  it('other doors keep their limits', async () => {
    const other = await startTestServer({ maxBodyBytes: 1_000, requestTimeoutMs: 300 })
    const { last, lines, ...sent } = startUpload(other)
    await sent.write(`${line('1')}\n`)
    await sent.untilDurable(1)
    // As long as all that, the upload goes on.
    const large = await other.fetch('/v1/messages', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: line('x', { content: 'x'.repeat(1_000) }),
    })
    expect(large.status).toBe(413)
    const slow = await slowRequest(other, '/v1/messages', 'application/json')
    expect(slow).toContain('408')
    sent.end(numbered(3_000).join('\n'))
    expect(await last).toMatchObject({ report: { lines: 3_001 } })
    expect(lines.length).toBeGreaterThan(1)
    await other.close()
  })

  it('lines and bytes are counted', async () => {
    const body = [...numbered(3), '{}'].join('\n')
    const other = await startTestServer()
    await upload(other, body)
    const text = await (await other.fetch('/metrics')).text()
    expect(text).toContain('convodb_ingest_lines_total{outcome="accepted"} 3')
    expect(text).toContain('convodb_ingest_lines_total{outcome="refused"} 1')
    expect(text).toContain(`convodb_ingest_bytes_total ${Buffer.byteLength(body)}`)
    await other.close()
  })
})

/** Begins a body and never ends it; what the server says before it closes the connection. */
async function slowRequest({ url, apiKey }: TestServer, path: string, type: string): Promise<string> {
  const { connect } = await import('node:net')
  const { port, hostname } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${apiKey}\r\n` +
      `content-type: ${type}\r\ncontent-length: 100\r\n\r\n{`,
  )
  let said = ''
  for await (const piece of socket) said += String(piece)
  return said
}
