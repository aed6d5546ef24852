import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { ConnectSettings } from '../../src/postgres/connection/connect.js'
import { LostNodes } from '../../src/postgres/lost-nodes.js'
import { WriterConnection } from '../../src/postgres/writer/writer-connection.js'
import { expectError } from '../support/databases.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'

let server: TestPostgres
let observer: pg.Client
let settings: ConnectSettings
beforeAll(async () => {
  server = await startPostgres()
  const url = await server.createDatabase()
  settings = { url, statementTimeoutMs: 0, lockTimeoutMs: 5_000 }
  observer = new pg.Client({ connectionString: url })
  await observer.connect()
})
afterAll(async () => {
  await observer.end()
  await server.stop()
})

const openWriter = (to = settings): WriterConnection =>
  new WriterConnection(to, new LostNodes(), () => undefined)

const countConnections = async (): Promise<number> => {
  const { rows } = await observer.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'convodb'`,
  )
  return rows.length
}

it('who asks for the connection while it is made gets the same one', async () => {
  const writer = openWriter()
  const [one, other] = await Promise.all([writer.client(), writer.client()])
  expect(one).toBe(other)
  expect(await countConnections()).toBe(1)
  await writer.close()
  await vi.waitFor(async () => expect(await countConnections()).toBe(0))
})

it('one that comes when the writer was closed meanwhile is ended', async () => {
  const slow = await startSlowDoor(server.port)
  const url = new URL(settings.url)
  url.port = String(slow.port)
  const writer = openWriter({ ...settings, url: String(url) })
  const asked = expectError(writer.client(), 'CLOSED')
  await slow.knocked
  await writer.close()
  slow.open()
  await asked
  await vi.waitFor(async () => expect(await countConnections()).toBe(0))
  await slow.close()
})

it('one that is ended by the server is let go of, however often the process is kept meanwhile', async () => {
  const writer = openWriter()
  const client = await writer.client()
  const ended = new Promise((resolve) => client.once('end', resolve))
  await observer.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'convodb'`,
  )
  await ended
  const warned: Error[] = []
  const note = (warning: Error): void => void warned.push(warning)
  process.on('warning', note)
  for (let n = 0; n < 20; n += 1) writer.hold()()
  await nextTurn()
  process.off('warning', note)
  expect(warned).toEqual([])
  expect(await writer.client()).not.toBe(client)
  await writer.close()
})

/** Lets a connection to the server wait until it is opened. */
async function startSlowDoor(serverPort: number) {
  const { promise: opened, resolve: open } = Promise.withResolvers<undefined>()
  const door = createServer((client) => {
    client.on('error', () => undefined)
    void opened.then(() => {
      const inside = connect(serverPort, '127.0.0.1').on('error', () => undefined)
      client.pipe(inside).pipe(client)
    })
  }).listen(0, '127.0.0.1')
  const knocked = once(door, 'connection')
  await once(door, 'listening')
  const address = door.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    knocked,
    open: () => open(undefined),
    async close() {
      door.close()
      await once(door, 'close')
    },
  }
}
