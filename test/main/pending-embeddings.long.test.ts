import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Worker } from 'node:worker_threads'
import { verifyDatabase, type DatabaseManager } from 'convodb'
import { afterEach, describe, expect, it } from 'vitest'
import { message, temporaryDatabase, temporaryFolder } from '../support/databases.js'
import { pendingIds } from '../support/pending.js'
import { startTestServer, type TestServer } from '../support/server.js'

const asked = { model: 'mini', owner: 'message' as const }
const many = (count: number) =>
  Array.from({ length: count }, (_, n) => message(`m${n}`, { content: `text ${n}`, timestamp: n }))
const allIds = (count: number): string[] => Array.from({ length: count }, (_, n) => `m${n}`).toSorted()

const servers: TestServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

/** The ids that a thread with a port gets, and gives vectors. */
async function inThread(db: DatabaseManager): Promise<string[]> {
  const port = db.createPort()
  const program = `
    const { parentPort, workerData } = require('node:worker_threads')
    import('convodb').then(async ({ connectPort }) => {
      const db = await connectPort(workerData.port)
      const ids = []
      for await (const batch of db.pendingEmbeddings({ model: 'mini', owner: 'message', batchSize: 7 })) {
        ids.push(...batch.items.map(({ ownerId }) => ownerId))
        await batch.store(batch.items.map(({ text }) => [text.length]))
      }
      parentPort.postMessage(ids)
      await db.close()
    })`
  const thread = new Worker(program, { eval: true, workerData: { port }, transferList: [port] })
  const ended = once(thread, 'exit')
  const [ids] = await once(thread, 'message')
  await ended
  return ids
}

/** A process that takes batches over HTTP and says what it got; it stores them, or hangs with the first one. */
function startClient({ url, apiKey }: TestServer, work: 'store' | 'hang') {
  const program = `
    import { connect } from 'convodb'
    const [url, apiKey, work] = process.argv.slice(1)
    const db = connect(url, { apiKey })
    const leaseMs = work === 'hang' ? 1_000 : 300_000
    for await (const batch of db.pendingEmbeddings({ model: 'mini', owner: 'message', batchSize: 7, leaseMs })) {
      console.log(batch.items.map(({ ownerId }) => ownerId).join(' '))
      if (work === 'hang') setInterval(() => {}, 1_000), await new Promise(() => {})
      await batch.store(batch.items.map(({ text }) => [text.length]))
    }
    await db.close()`
  return spawn(process.execPath, ['--input-type=module', '-e', program, url, apiKey, work], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

async function idsOf(child: ReturnType<typeof startClient>): Promise<string[]> {
  const ids: string[] = []
  for await (const line of createInterface({ input: child.stdout })) ids.push(...line.split(' '))
  return ids
}

describe('many at once', () => {
  it('threads, processes over HTTP and several that share an iterator get each message once', async () => {
    const server = await startTestServer()
    servers.push(server)
    const { db } = server
    await db.addMessages(many(600))
    const shared = db.pendingEmbeddings({ ...asked, batchSize: 7 })
    const share = async (): Promise<string[]> => {
      const ids: string[] = []
      for (;;) {
        const { value } = await shared.next()
        if (value === undefined) return ids
        ids.push(...value.items.map(({ ownerId }) => ownerId))
        await value.store(value.items.map(({ text }) => [text.length]))
      }
    }
    const got = await Promise.all([
      inThread(db),
      inThread(db),
      idsOf(startClient(server, 'store')),
      idsOf(startClient(server, 'store')),
      share(),
      share(),
    ])
    expect(got.flat().toSorted()).toEqual(allIds(600))
    expect(await db.embeddingProgress(asked)).toEqual({
      total: 600,
      embedded: 600,
      pending: 0,
      leased: 0,
      skipped: 0,
    })
  })

  it('what a killed process had is done by others', async () => {
    const server = await startTestServer()
    servers.push(server)
    await server.db.addMessages(many(20))
    const child = startClient(server, 'hang')
    const [line] = await once(createInterface({ input: child.stdout }), 'line')
    const lost = String(line).split(' ')
    expect(lost).toHaveLength(7)
    child.kill('SIGKILL')
    const ids = await pendingIds(server.db, 'mini')
    expect(ids.toSorted()).toEqual(allIds(20))
    // Nobody gets them before the lease has ended.
    expect(ids.slice(-7).toSorted()).toEqual(lost.toSorted())
  })

  it('goes on after the process of the database itself was killed, and leaves nothing out', async () => {
    const path = join(await temporaryFolder(), 'chat.db')
    const program = `
      import { openDatabase } from 'convodb'
      const db = await openDatabase(process.argv[1], { readers: 1 })
      await db.addMessages(Array.from({ length: 300 }, (_, n) => (
        { messageId: 'm' + n, channelId: 'c', userId: 'u', content: 'x', timestamp: n })))
      let batches = 0
      for await (const batch of db.pendingEmbeddings({ model: 'mini', owner: 'message', batchSize: 7, leaseMs: 1_000 })) {
        await batch.store(batch.items.map(() => [1]))
        console.log(batches += 1)
      }`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(child, 'exit')
    for await (const line of createInterface({ input: child.stdout })) {
      if (line === '5') child.kill('SIGKILL')
    }
    await exited
    const db = await temporaryDatabase({}, path)
    const before = await db.embeddingProgress(asked)
    expect(before.embedded).toBeGreaterThanOrEqual(35)
    expect(await pendingIds(db, 'mini')).toHaveLength(before.pending)
    expect(await db.embeddingProgress(asked)).toMatchObject({ total: 300, embedded: 300, pending: 0 })
    await db.close()
    expect(await verifyDatabase(path)).toMatchObject({ isOk: true, problems: [] })
  })
})
