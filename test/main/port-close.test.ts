import { once, type EventEmitter } from 'node:events'
import { readdirSync, readlinkSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { openDatabase, type DatabaseManager } from 'convodb'
import { afterEach, describe, expect, it } from 'vitest'
import { message, temporaryFolder } from '../support/databases.js'

const threads: Worker[] = []
afterEach(async () => {
  for (const thread of threads.splice(0)) await thread.terminate()
})

/** Starts a thread that gets a port as `db` and runs `body`; what it posts comes as messages. */
function startThread(db: DatabaseManager, body: string): Worker {
  const port = db.createPort()
  const program = `
    const { parentPort, workerData } = require('node:worker_threads')
    const code = (error) => error.code
    const post = (value) => parentPort.postMessage(value)
    import('convodb').then(async ({ connectPort }) => {
      const db = await connectPort(workerData.port)
      ${body}
    })`
  const thread = new Worker(program, { eval: true, workerData: { port }, transferList: [port] })
  threads.push(thread)
  return thread
}

const nextMessage = async (thread: EventEmitter): Promise<unknown> => (await once(thread, 'message'))[0]

async function openWithMessage() {
  const folder = await temporaryFolder()
  const path = join(folder, 'chat.db')
  const db = await openDatabase(path)
  await db.storeMessage(message('1'))
  return { folder, path, db }
}

/** The files of this process that are open by a name of the database's. */
function openFiles(path: string): string[] {
  const descriptors = readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      return [readlinkSync(`/proc/self/fd/${descriptor}`)]
    } catch {
      return []
    }
  })
  return descriptors.filter((name) => name.startsWith(path))
}

describe('when the database closes, a thread with a port', () => {
  it('has its subscriptions ended with CLOSED', async () => {
    const { db } = await openWithMessage()
    const thread = startThread(
      db,
      `const live = db.subscribe()
      post('subscribed')
      post((await live.next()).value.kind)
      post(await live.next().catch(code))
      post(await live.next())`,
    )
    expect(await nextMessage(thread)).toBe('subscribed')
    const told = nextMessage(thread)
    await db.storeMessage(message('2'))
    expect(await told).toBe('messageStored')
    const ended = nextMessage(thread)
    await db.close()
    expect(await ended).toBe('CLOSED')
  })

  it('lets go of the file, so that nothing is left beside it; its calls say CLOSED', async () => {
    const { folder, db } = await openWithMessage()
    const thread = startThread(
      db,
      `post(await db.countMessages())
      parentPort.once('message', async () => {
        const { storeMessage } = db
        const read = await db.countMessages().catch(code)
        // Its end comes by another way than this message; a write before that is under way when the writer goes.
        while (db.status !== 'closed') await new Promise(setImmediate)
        const write = storeMessage({ messageId: '2', channelId: 'c', userId: 'u', content: '', timestamp: 1 })
        post([read, await write.catch(code)])
      })`,
    )
    expect(await nextMessage(thread)).toBe(1)
    await db.close()
    expect(await readdir(folder)).toEqual(['chat.db'])
    thread.postMessage('closed')
    expect(await nextMessage(thread)).toEqual(['CLOSED', 'CLOSED'])
  })

  it('ends its read leases, too: their borrowers are told', async () => {
    const { folder, db } = await openWithMessage()
    const thread = startThread(
      db,
      `const lease = db.withConnection(async (connection) => {
        post(await connection.get('SELECT count(*) AS count FROM messages'))
        await new Promise(() => undefined)
      })
      post(await lease.catch(code))`,
    )
    expect(await nextMessage(thread)).toEqual({ count: 1 })
    const told = nextMessage(thread)
    await db.close()
    expect(await readdir(folder)).toEqual(['chat.db'])
    expect(await told).toBe('CLOSED')
  })

  it.runIf(process.platform === 'linux')(
    'that computes keeps close waiting for a second at most, and lets go as soon as it can',
    async () => {
      const { path, db } = await openWithMessage()
      const flag = new Int32Array(new SharedArrayBuffer(4))
      const thread = startThread(
        db,
        `parentPort.once('message', async (flag) => {
          await db.countMessages()
          post('computing')
          while (Atomics.load(flag, 0) === 0);
          post('done')
        })
        post('ready')`,
      )
      expect(await nextMessage(thread)).toBe('ready')
      thread.postMessage(flag)
      expect(await nextMessage(thread)).toBe('computing')
      const startedAtMs = performance.now()
      await db.close({ timeoutMs: 120_000 })
      expect(performance.now() - startedAtMs).toBeLessThan(30_000)
      expect(openFiles(path)).not.toEqual([])
      Atomics.store(flag, 0, 1)
      await expect.poll(() => openFiles(path), { timeout: 120_000 }).toEqual([])
    },
  )

  it('that never connected, or has ended, keeps close waiting for nothing', async () => {
    const { folder, db } = await openWithMessage()
    db.createPort()
    const thread = startThread(db, `post(await db.countMessages())`)
    expect(await nextMessage(thread)).toBe(1)
    await thread.terminate()
    const startedAtMs = performance.now()
    await db.close({ timeoutMs: 60_000 })
    expect(performance.now() - startedAtMs).toBeLessThan(30_000)
    expect(await readdir(folder)).toEqual(['chat.db'])
  })
})

describe('a thread with a port', () => {
  it('keeps to the options of its database, except for those it is given', async () => {
    const db = await openDatabase(':memory:', { leaseIdleTimeoutMs: 123, maxQueuedOperations: 4 })
    const port = db.createPort()
    const program = `
      const { parentPort, workerData } = require('node:worker_threads')
      const details = ({ code, details }) => ({ code, details })
      import('convodb').then(async ({ connectPort }) => {
        const db = await connectPort(workerData.port, { maxQueuedBytes: 5_000 })
        const never = () => new Promise(() => undefined)
        const lease = await db.withConnection(never, { mode: 'write' }).catch(details)
        const store = (content, n) => db.storeMessage({ messageId: '' + n, channelId: 'c', userId: 'u', content, timestamp: 1 })
        const many = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => store('', n)))
        const large = await store('x'.repeat(10_000), 0).catch(details)
        const refused = many.flatMap(({ reason }) => (reason === undefined ? [] : [reason.code]))
        parentPort.postMessage({ lease, refused, large })
        await db.close()
      })`
    const thread = new Worker(program, { eval: true, workerData: { port }, transferList: [port] })
    const { lease, refused, large } = Object(await nextMessage(thread))
    expect(lease).toMatchObject({ code: 'LEASE_EXPIRED', details: { idleTimeoutMs: 123 } })
    expect(refused).toEqual(Array.from({ length: 16 }, () => 'OVERLOADED'))
    expect(large).toMatchObject({ code: 'TOO_LARGE' })
    await db.close()
  })

  it('refuses options that are its database’s alone, naming them', async () => {
    const db = await openDatabase(':memory:')
    const thread = startThread(
      db,
      `post(await connectPort(workerData.port, { leaseIdleTimeoutMs: 1 }).catch(({ code, details }) => ({ code, details })))`,
    )
    expect(await nextMessage(thread)).toEqual({
      code: 'INVALID_ARGUMENT',
      details: { field: 'leaseIdleTimeoutMs' },
    })
    await db.close()
  })
})

it('the status of a port tells when its database is closed', async () => {
  const { db } = await openWithMessage()
  const thread = startThread(
    db,
    `post(db.status)
     while (db.status === 'open') await new Promise((resolve) => setTimeout(resolve, 5))
     post(db.status)`,
  )
  expect(await nextMessage(thread)).toBe('open')
  const last = nextMessage(thread)
  await db.close()
  expect(await last).toBe('closed')
})
