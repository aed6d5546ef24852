import { connect as connectSocket, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { startServeProcess, type ServeProcess } from '../support/serve-process.js'
import { reportFigures } from './support/figures.js'
import { scratchFolder } from './support/scratch.js'

const idleConnections = 8_000
const halfOpenConnections = 2_000
/** Of the timer by which the server's own metric measures its event loop's delay, in milliseconds. */
const precisionMs = 10

/** A connection that says so much, and nothing more. */
function connected(port: number, said: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket(port, '127.0.0.1', () => {
      socket.off('error', reject).on('error', () => 'cut')
      socket.write(said)
      resolve(socket)
    })
    socket.once('error', reject).resume()
  })
}

async function connectMany(port: number, count: number, said: string): Promise<Socket[]> {
  const sockets: Socket[] = []
  while (sockets.length < count) {
    const more = Array.from({ length: Math.min(200, count - sockets.length) }, () => connected(port, said))
    sockets.push(...(await Promise.all(more)))
  }
  return sockets
}

/** The delay of the server's event loop since it was asked last, as its own metrics tell it. */
async function loopDelayP99Ms({ url, apiKey }: ServeProcess): Promise<number> {
  const response = await fetch(new URL('/metrics', url), { headers: { authorization: `Bearer ${apiKey}` } })
  const [, seconds] = /^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(await response.text()) ?? []
  return Math.max(0, Number(seconds) * 1_000 - precisionMs)
}

it('10,000 connections that say nothing, and others that mean no good, keep nobody from being answered', async () => {
  const server = await startServeProcess([
    '--db',
    join(scratchFolder(), 'chat.db'),
    '--port',
    '0',
    '--max-connections',
    '12000',
    '--idle-timeout-ms',
    '120000',
    '--request-timeout-ms',
    '60000',
    '--max-requests-per-second',
    '0',
  ])
  const port = Number(new URL(server.url).port)
  const head = `Host: 127.0.0.1:${port}\r\nAuthorization: Bearer ${server.apiKey}\r\n`
  const idle = await connectMany(port, idleConnections, '')
  const halfOpen = await connectMany(port, halfOpenConnections, `GET /v1/channels HTTP/1.1\r\n${head}`)
  const bomb = gzipSync(Buffer.alloc(50_000_000, 'x'))
  const evil: readonly ((text: Socket) => void)[] = [
    (socket) => socket.end(`GET /v1/channels HTTP/1.1\r\n${head}X-Bomb: ${'x'.repeat(100_000)}\r\n\r\n`),
    (socket) => socket.end('\0'.repeat(10_000)),
    (socket) => socket.end(`GET /${'%2e%2e/'.repeat(500)}etc/passwd HTTP/1.1\r\n${head}\r\n`),
    (socket) =>
      socket.end(
        `POST /v1/operations HTTP/1.1\r\n${head}Content-Type: application/json\r\nContent-Length: 200000\r\n\r\n${'['.repeat(200_000)}`,
      ),
    (socket) => socket.end(`GET /v1/channels HTTP/1.1\r\n${head}\r\n`.repeat(20)),
    (socket) => {
      socket.write(
        `POST /v1/ingest HTTP/1.1\r\n${head}Content-Type: application/x-ndjson\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`,
      )
      socket.end(bomb)
    },
  ]
  await loopDelayP99Ms(server)
  const endMs = performance.now() + 8_000
  const attackers = Array.from({ length: 8 }, async (_, first) => {
    for (let n = first; performance.now() < endMs; n += 1) {
      const socket = await connected(port, '')
      evil[n % evil.length]?.(socket)
      await wait(20)
      socket.destroy()
    }
  })
  let answered = 0
  while (performance.now() < endMs) {
    const response = await fetch(new URL('/v1/channels', server.url), {
      headers: { authorization: `Bearer ${server.apiKey}` },
    })
    expect(response.status).toBe(200)
    await response.arrayBuffer()
    answered += 1
    await wait(5)
  }
  await Promise.all(attackers)
  const p99Ms = await loopDelayP99Ms(server)
  reportFigures('attack', {
    connections: idle.length + halfOpen.length,
    answered,
    'event loop delay p99, ms': Math.round(p99Ms * 10) / 10,
  })
  expect(answered).toBeGreaterThan(50)
  // On a quiet machine a tenth of it.
  expect(p99Ms).toBeLessThan(200)
  for (const socket of [...idle, ...halfOpen]) socket.destroy()
  await server.stop()
})
