import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { connect as connectSocket, type Socket } from 'node:net'
import type { ServerOptions } from 'convodb/server'
import { expect, it } from 'vitest'
import { message, temporaryFolder } from '../support/databases.js'
import { withTestServer, type TestServer } from '../support/server.js'

/** Longer than any test takes: who waits for it fails. */
const closeTimeoutMs = 600_000

const withServer = (options: ServerOptions, work: (server: TestServer) => Promise<void>) =>
  withTestServer({ closeTimeoutMs, ...options }, work)

/** Asks for something on a connection of its own; `told` is what has come of the answer. */
async function ask({ url, apiKey }: TestServer, line: string, rest = '\r\n') {
  const socket: Socket = connectSocket(Number(new URL(url).port), '127.0.0.1')
  await once(socket, 'connect')
  let text = ''
  socket.on('data', (piece) => (text += String(piece))).on('error', () => undefined)
  socket.write(`${line} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${apiKey}\r\n${rest}`)
  return { socket, told: () => text, ended: once(socket, 'close') }
}

const jsonType = { 'content-type': 'application/json' }

const json = (body: string): string =>
  `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`

/** Counts inside SQLite, where nothing can interrupt it. */
const counting = (steps: number) =>
  `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${steps}) SELECT count(*) FROM n`

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now()
  await work()
  return performance.now() - startMs
}

it('a server that is closed does not wait for a statement of a lease, and says why it ended', () =>
  withServer({}, async (server) => {
    const [steps, slowMs] = [100_000, 8_000]
    const times: number[] = []
    for (let run = 0; run < 20; run += 1)
      times.push(await timeOf(() => server.db.withConnection((lent) => lent.all(counting(steps)))))
    const slow = counting(Math.ceil((steps * slowMs) / Math.min(...times)))
    const began = await server.fetch('/v1/leases', { method: 'POST', body: '{}', headers: jsonType })
    const leaseId = String(Reflect.get(Object(await began.json()), 'leaseId'))
    const body = JSON.stringify({ sql: slow })
    const { told, ended } = await ask(server, `POST /v1/leases/${leaseId}/all`, json(body))
    // What was sent before it has been read, too.
    await server.fetch('/v1/stats')
    expect(await timeOf(() => server.server.close())).toBeLessThan(slowMs / 2)
    await ended
    expect(told()).toMatch('"code":"CLOSED","message":"The server is stopping"')
  }))

it('nor for one who follows changes and does not read: it comes back where it was', () =>
  withServer({}, async (server) => {
    const { socket, told } = await ask(server, 'GET /v1/events')
    await expect.poll(told).toMatch('event: started')
    socket.pause()
    for (let round = 0; round < 40; round += 1) {
      const messages = Array.from({ length: 200 }, (_, n) =>
        message(`${round}-${n}`, { content: 'x'.repeat(4_000) }),
      )
      await server.db.addMessages(messages)
    }
    await server.server.close()
    socket.destroy()
  }))

it('nor for a request that waits for the one before it', () =>
  withServer({}, async (server) => {
    const body = JSON.stringify({
      operations: [{ name: 'countMessages', params: {} }],
      sequence: { client: 'c'.repeat(32), number: 2, oldest: 1 },
    })
    const { told, ended } = await ask(server, 'POST /v1/operations', json(body))
    // What was sent before it has been read, too.
    await server.fetch('/v1/stats')
    expect(await timeOf(() => server.server.close())).toBeLessThan(4_000)
    await ended
    expect(told()).toMatch('"OVERLOADED"')
  }))

it('tells an import that the server is stopping', () =>
  withServer({}, async (server) => {
    const part = 'Transfer-Encoding: chunked\r\nContent-Type: application/x-ndjson\r\n\r\n5\r\n{"a":\r\n'
    const temporary = await ask(server, 'POST /v1/import?format=ndjson', part)
    await expect
      .poll(() => server.fetch('/v1/import', { method: 'POST' }).then(({ status }) => status))
      .toBe(503)
    await server.server.close()
    expect(temporary.told()).toMatch('"code":"CLOSED"')
  }))

it('when it is closed nothing is left of a backup, were it read to its end or cut', async () => {
  const temporary = await temporaryFolder()
  await withServer({ temporaryFolder: temporary, closeTimeoutMs: 300 }, async (server) => {
    for (let round = 0; round < 10; round += 1) {
      const messages = Array.from({ length: 1_000 }, (_, n) =>
        message(`${round}-${n}`, { content: 'x'.repeat(4_000) }),
      )
      await server.db.addMessages(messages)
    }
    const { socket, told } = await ask(server, 'GET /v1/backup')
    await expect.poll(told, { timeout: 60_000 }).toMatch('HTTP/1.1 200')
    socket.pause()
    await server.server.close()
    expect(await readdir(temporary)).toEqual([])
    socket.destroy()
  })
})
