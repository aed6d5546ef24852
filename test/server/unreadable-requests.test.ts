import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ requestTimeoutMs: 500, maxHeaderBytes: 4_000 })
})
afterAll(() => server.close())

/** Sends lines as they are, and gives the answer that comes before the server closes the connection. */
async function answerTo(...lines: string[]) {
  const { hostname, port } = new URL(server.url)
  const socket = connect(Number(port), hostname)
  socket.write(lines.join('\r\n').replace(bearer, `Authorization: Bearer ${server.apiKey}`))
  let text = ''
  for await (const piece of socket) text += String(piece)
  const [head = '', body = ''] = text.split('\r\n\r\n')
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), head, body }
}

const get = 'GET /healthz HTTP/1.1'
const post = 'POST /v1/operations HTTP/1.1'
const bearer = 'Authorization'
const json = 'Content-Type: application/json'
const host = 'Host: localhost'
const end = ['Connection: close', '', '']

describe('a request that reaches no door is answered by a problem', () => {
  it.each([
    ['no HTTP', ['nonsense', '', ''], 400, 'INVALID_ARGUMENT'],
    ['a head that is too long', [get, host, `X: ${'x'.repeat(9_000)}`, '', ''], 431, 'TOO_LARGE'],
    ['a head that does not end', [get, 'Host: loc'], 408, 'TIMEOUT'],
    ['a body that does not end', [post, host, bearer, json, 'Content-Length: 9', '', '{'], 408, 'TIMEOUT'],
    ['no Host', [get, ...end], 400, 'INVALID_ARGUMENT'],
    // Which of them counts, two programs on the way may see differently.
    ['two Hosts', [get, host, 'host: localhost', ...end], 400, 'INVALID_ARGUMENT'],
    ['a Host and another', [get, host, 'HOST: evil.example', ...end], 400, 'INVALID_ARGUMENT'],
  ])('%s', async (_, lines, status, code) => {
    const answer = await answerTo(...lines)
    expect(answer.head).toMatch(/^content-type: application\/problem\+json; charset=utf-8$/im)
    const problem: unknown = JSON.parse(answer.body)
    expect(answer.status).toBe(status)
    expect(problem).toMatchObject({ type: `urn:convodb:error:${code}`, title: code, status, code })
    expect(problem).toHaveProperty('requestId', expect.stringMatching(/./))
  })

  it('one Host is none too many', async () => {
    expect(await answerTo(get, host, ...end)).toMatchObject({ status: 200, body: '{"status":"ok"}' })
  })
})
