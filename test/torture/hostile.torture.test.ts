import { once } from 'node:events'
import { connect as connectSocket, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServeProcess, type ServeProcess } from '../support/serve-process.js'

/** A server whose limits are reached soon. */
let server: ServeProcess
let port = 0
let authorization = ''
const options = [
  '--max-body-bytes',
  '2000',
  '--max-header-bytes',
  '2048',
  '--request-timeout-ms',
  '1500',
  '--idle-timeout-ms',
  '3000',
  '--max-connections',
  '300',
  '--log-level',
  'silent',
]

async function serve(...more: readonly string[]): Promise<void> {
  // Not removed between the tests of this file.
  const { mkdtemp } = await import('node:fs/promises')
  const { tmpdir } = await import('node:os')
  const { join } = await import('node:path')
  const folder = await mkdtemp(join(tmpdir(), 'convodb-hostile-'))
  server = await startServeProcess(['--db', join(folder, 'chat.db'), '--port', '0', ...options, ...more])
  port = Number(new URL(server.url).port)
  authorization = `Bearer ${server.apiKey}`
}

beforeAll(() => serve())
afterAll(() => server.stop())

/** Everything that comes back until the server ends the connection, or for so long. */
async function talk(send: (socket: Socket) => void | Promise<void>, withinMs = 30_000): Promise<string> {
  const socket = connectSocket(port, '127.0.0.1')
  socket.on('error', () => 'told by what is there')
  let text = ''
  socket.on('data', (piece) => (text += String(piece)))
  await once(socket, 'connect')
  const closed = once(socket, 'close')
  await send(socket)
  await Promise.race([closed, wait(withinMs, undefined, { ref: false })])
  socket.destroy()
  return text
}

const head = (line: string, ...headers: readonly string[]): string =>
  [`${line} HTTP/1.1`, `Host: 127.0.0.1:${port}`, `Authorization: ${authorization}`, ...headers, '', ''].join(
    '\r\n',
  )

const statusOf = (text: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0)

async function stillAnswers(): Promise<void> {
  const response = await fetch(new URL('/v1/channels', server.url), { headers: { authorization } })
  expect(response.status).toBe(200)
}

describe('a client that means no good', () => {
  it('dribbles a head, or a body: it is cut', async () => {
    const dribble = (text: string) => async (socket: Socket) => {
      for (const character of text) {
        if (socket.destroyed) return
        socket.write(character)
        await wait(100)
      }
    }
    const body = head('POST /v1/messages', 'Content-Type: application/json', 'Content-Length: 1000')
    const [inHead, inBody] = await Promise.all([
      talk(dribble(head('GET /v1/channels'))),
      talk(async (socket) => {
        socket.write(body)
        await dribble('{"messageId":"x"'.repeat(50))(socket)
      }),
    ])
    expect([inHead, inBody].map(statusOf)).toEqual([408, 408])
    await stillAnswers()
  })

  it('sends more than there may be of head or body, or of what is unpacked', async () => {
    expect(
      statusOf(
        await talk(
          (socket) => void socket.write(head('GET /v1/channels', `X-Bomb: ${'x'.repeat(4_000)}`)),
          5_000,
        ),
      ),
    ).toBe(431)
    const large = JSON.stringify({ messageId: 'x'.repeat(3_000) })
    const post = (length: string): string =>
      head('POST /v1/messages', 'Content-Type: application/json', length)
    expect(
      statusOf(
        await talk(
          (socket) => void socket.write(`${post(`Content-Length: ${large.length}`)}${large}`),
          5_000,
        ),
      ),
    ).toBe(413)
    const chunk = `${(2_500).toString(16)}\r\n${'x'.repeat(2_500)}\r\n`
    expect(
      statusOf(
        await talk((socket) => void socket.write(`${post('Transfer-Encoding: chunked')}${chunk}`), 5_000),
      ),
    ).toBe(413)
    await stillAnswers()
  })

  it.each([
    ['two lengths', ['Content-Length: 3', 'Content-Length: 5'], '{}x'],
    [
      'a length and chunks',
      ['Content-Length: 3', 'Transfer-Encoding: chunked'],
      '0\r\n\r\nGET /v1/stats HTTP/1.1\r\n\r\n',
    ],
    ['chunks twice', ['Transfer-Encoding: chunked, chunked'], '0\r\n\r\n'],
    ['chunks with a space', ['Transfer-Encoding : chunked'], '0\r\n\r\n'],
    ['a length that is no number', ['Content-Length: +3'], '{}x'],
    ['a folded header', ['X-A: b', ' c: d'], ''],
    ['a bare CR', ['X-A: b\rX-B: c'], ''],
  ])(
    'smuggles by %s: one request is refused, and nothing behind it is answered',
    async (_, headers, body) => {
      const text = await talk(
        (socket) =>
          void socket.write(
            `${head('POST /v1/messages', 'Content-Type: application/json', ...headers)}${body}`,
          ),
        4_000,
      )
      expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1)
      expect(statusOf(text)).toBeGreaterThanOrEqual(400)
      await stillAnswers()
    },
  )

  it('cuts the connection at every kind of place: nothing is stored, and nothing is left', async () => {
    const body = JSON.stringify({
      messageId: 'cut',
      channelId: 'c',
      userId: 'u',
      content: 'héllo',
      timestamp: 1,
    })
    const request = Buffer.from(
      `${head('POST /v1/messages', 'Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`)}${body}`,
    )
    for (let at = 1; at < request.length; at += 17) {
      await talk((socket) => {
        socket.write(request.subarray(0, at))
        socket.end()
      }, 1_000)
    }
    const response = await fetch(new URL('/v1/messages/cut', server.url), { headers: { authorization } })
    expect(response.status).toBe(404)
  })

  it.each([
    '/../etc/passwd',
    '/docs/static/..%2f..%2f..%2fpackage.json',
    '/docs/..%5c..%5cpackage.json',
    '//v1/stats',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/docs/static/%00',
    '/v1/channels/%ZZ',
    '/v1/%63hannels/../stats/..',
  ])('asks for what is not there by %s', async (path) => {
    const text = await talk((socket) => void socket.write(head(`GET ${path}`, 'Connection: close')), 5_000)
    expect(statusOf(text)).toBeGreaterThanOrEqual(400)
    expect(text).not.toMatch(/root:|"version":|"dependencies"/)
  })

  it('keeps hundreds of connections idle: others are answered, and those are cut in time', async () => {
    const sockets = await Promise.all(
      Array.from({ length: 250 }, async () => {
        const socket = connectSocket(port, '127.0.0.1')
        socket.on('error', () => 'cut').resume()
        await once(socket, 'connect')
        return socket
      }),
    )
    await stillAnswers()
    // What is beyond the limit is closed at once.
    const more = Array.from({ length: 100 }, () =>
      connectSocket(port, '127.0.0.1')
        .on('error', () => 'cut')
        .resume(),
    )
    await expect
      .poll(() => more.filter((socket) => socket.closed || socket.readableEnded).length, { timeout: 30_000 })
      .toBeGreaterThan(20)
    await Promise.all(sockets.map((socket) => (socket.closed ? undefined : once(socket, 'close'))))
    for (const socket of more) socket.destroy()
    await stillAnswers()
  })

  it('asks more often than its key may: it is told when to come back', async () => {
    await server.stop()
    await serve('--max-requests-per-second', '20')
    const responses = await Promise.all(
      Array.from({ length: 60 }, () =>
        fetch(new URL('/v1/channels', server.url), { headers: { authorization } }),
      ),
    )
    const refused = responses.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThanOrEqual(20)
    expect(refused[0]?.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(await refused[0]?.json()).toMatchObject({ code: 'RATE_LIMITED' })
  })
})
