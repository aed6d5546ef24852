import { connect as connectSocket, type Socket } from 'node:net'
import { connect as connectSecurely } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { connect } from 'convodb'
import type { ServerOptions } from 'convodb/server'
import { expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import { withTestServer, type TestServer } from '../support/server.js'

/** Longer than any test takes: who waits for it fails. */
const closeTimeoutMs = 600_000

const pathOf = (name: string): string => fileURLToPath(new URL(`tls/${name}.pem`, import.meta.url))

function openSocket({ url }: TestServer): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket(Number(new URL(url).port), '127.0.0.1', () => resolve(socket))
    socket.once('error', reject)
  })
}

function openSecureSocket({ url }: TestServer): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const to = { port: Number(new URL(url).port), host: '127.0.0.1', rejectUnauthorized: false }
    const socket = connectSecurely(to, () => resolve(socket))
    socket.once('error', reject)
  })
}

const headOf = ({ apiKey }: TestServer, line: string): string =>
  `${line} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${apiKey}\r\n`

/** What comes on a connection until it ends, and by now. */
function listen(socket: Socket): { readonly whole: Promise<string>; readonly told: () => string } {
  let text = ''
  socket.on('data', (piece) => (text += String(piece)))
  const whole = new Promise<string>((resolve) => socket.once('close', () => resolve(text)))
  return { whole, told: () => text }
}

const withServer = (options: ServerOptions, work: (server: TestServer) => Promise<void>) =>
  withTestServer({ closeTimeoutMs, ...options }, work)

it('a server that is closed does not wait for connections whose stream of events has ended', () =>
  withServer({}, async (server) => {
    const socket = await openSocket(server)
    const { whole, told } = listen(socket)
    socket.write(`${headOf(server, 'GET /v1/events')}\r\n`)
    await expect.poll(told).toMatch('event: started')
    await server.server.close()
    expect(await whole).toMatch(/\r\n0\r\n\r\n$/)
  }))

it.each([
  ['HTTP', {}, openSocket],
  ['HTTPS', { tlsCert: pathOf('certificate'), tlsKey: pathOf('key') }, openSecureSocket],
])('nor for those that have not been used yet, over %s', (_, options, open) =>
  withServer(options, async (server) => {
    const { whole } = listen(await open(server))
    await server.server.close()
    expect(await whole).toBe('')
  }),
)

it('nor for those of a client that followed changes and had a lease', () =>
  withServer({}, async (server) => {
    const db = connect(server.url, { apiKey: server.apiKey, retryForMs: 0 })
    const subscription = db.subscribe()
    const next = subscription.next()
    next.catch(() => 'the server is gone')
    const work = Promise.withResolvers<void>()
    const lease = db.transaction(
      async (transaction) => {
        await transaction.getMessage('none')
        work.resolve()
        await new Promise<never>(() => undefined)
      },
      { mode: 'read' },
    )
    lease.catch(() => 'the server has ended it')
    await work.promise
    await server.server.close()
    await expect(lease).rejects.toMatchObject({ code: 'CLOSED' })
    await db.close({ timeoutMs: 0 })
  }))

it('nor for leases that wait for their turn', () =>
  withServer({}, async (server) => {
    const db = server.connect()
    const held = Promise.withResolvers<void>()
    const lease = (begun: () => void) =>
      db.transaction(
        async (transaction) => {
          await transaction.getMessage('none')
          begun()
          await new Promise<never>(() => undefined)
        },
        { mode: 'write', idleTimeoutMs: closeTimeoutMs },
      )
    const first = expectError(lease(held.resolve), 'CLOSED')
    await held.promise
    const second = expectError(
      lease(() => expect.fail('it has begun')),
      'CLOSED',
    )
    await expect.poll(async () => (await server.db.stats()).write.queuedOperations).toBe(1)
    await server.server.close()
    await Promise.all([first, second])
    await db.close({ timeoutMs: 0 })
  }))

it('but sends what it has answered to the last byte, however slowly that is read', () =>
  withServer({}, async (server) => {
    const messages = Array.from({ length: 2_000 }, (_, n) =>
      message(`message-${n}`, { channelId: 'long', content: 'x'.repeat(4_000) }),
    )
    await server.db.addMessages(messages)
    const socket = await openSocket(server)
    const { whole, told } = listen(socket)
    socket.once('data', () => socket.pause())
    socket.write(`${headOf(server, 'GET /v1/channels/long/messages?limit=2000')}\r\n`)
    await expect.poll(told).toMatch('HTTP/1.1 200')
    const closed = server.server.close()
    // Nobody listens any more: what is idle has been closed.
    await expect.poll(() => fetch(server.url).catch(() => 'refused')).toBe('refused')
    socket.resume()
    const [head = '', body] = (await whole).split('\r\n\r\n')
    expect(body).toHaveLength(Number(/content-length: (\d+)/.exec(head)?.[1]))
    await closed
  }))

it.each([
  ['HTTP', {}],
  ['HTTPS', { tlsCert: pathOf('certificate'), tlsKey: pathOf('key') }],
])('and waits no longer than it was told to for one that says nothing over %s', (_, options) =>
  withServer({ ...options, closeTimeoutMs: 100 }, async (server) => {
    const socket = await openSocket(server)
    socket.on('error', () => undefined)
    await server.server.close()
  }),
)
