import { once, type EventEmitter } from 'node:events'
import { Worker } from 'node:worker_threads'
import { connectPort, openDatabase, type DatabaseManager } from 'convodb'
import { describe, expect, it } from 'vitest'
import { expectError, message, temporaryDatabase } from '../support/databases.js'

/** Starts a thread that gets a port as `db` and runs `body`; what it posts comes as messages. */
function startThread(db: DatabaseManager, body: string): Worker {
  const port = db.createPort()
  const program = `
    const { parentPort, workerData } = require('node:worker_threads')
    import('convodb').then(async ({ connectPort }) => {
      const db = await connectPort(workerData.port)
      const message = (messageId) => ({ messageId, channelId: 'general', userId: 'ada', content: 'hi', timestamp: 1 })
      const post = (value) => parentPort.postMessage(value)
      ${body}
    })`
  return new Worker(program, { eval: true, workerData: { port }, transferList: [port] })
}

const nextMessage = async (thread: EventEmitter): Promise<unknown> => (await once(thread, 'message'))[0]

/** Keeps this thread computing until the other one has set the flag; gives up after a while. */
function spinUntil(flag: Int32Array, patienceMs: number): boolean {
  const end = performance.now() + patienceMs
  while (Atomics.load(flag, 0) === 0 && performance.now() < end);
  return Atomics.load(flag, 0) === 1
}

describe('a thread with a port', () => {
  it('writes and reads while the main thread computes', async () => {
    const db = await temporaryDatabase()
    const flag = new Int32Array(new SharedArrayBuffer(4))
    const thread = startThread(
      db,
      `parentPort.once('message', async (flag) => {
        const calls = Array.from({ length: 500 }, (_, n) => db.storeMessage(message('m' + n)))
        await Promise.all(calls)
        const { items } = await db.getMessages({ channelId: 'general', limit: 500 })
        Atomics.store(flag, 0, 1)
        post(items.length)
        await db.close()
      })
      post('ready')`,
    )
    expect(await nextMessage(thread)).toBe('ready')
    const answer = nextMessage(thread)
    const ended = once(thread, 'exit')
    thread.postMessage(flag)
    expect(spinUntil(flag, 30_000)).toBe(true)
    expect(await answer).toBe(500)
    expect(await db.countMessages()).toBe(500)
    await ended
  })

  it('shares the writer fairly with leases, its own and others', async () => {
    const db = await temporaryDatabase()
    const thread = startThread(
      db,
      `const sql = "UPDATE channels SET created_at = created_at + 1 WHERE channel_id = 'counter'"
      await db.upsertChannel({ channelId: 'counter', createdAt: 0 })
      post('ready')
      for (let n = 0; n < 30; n += 1) {
        await db.withConnection((connection) => connection.run(sql), { mode: 'write' })
        await db.storeMessage(message('thread ' + n))
      }
      post('done')
      await db.close()`,
    )
    await once(thread, 'message')
    const done = nextMessage(thread)
    const sql = `UPDATE channels SET created_at = created_at + 1 WHERE channel_id = 'counter'`
    for (let n = 0; n < 30; n += 1) {
      await db.withConnection((connection) => connection.run(sql), { mode: 'write' })
      await db.storeMessage(message(`main ${n}`))
    }
    expect(await done).toBe('done')
    expect((await db.getChannel('counter'))?.createdAt).toEqual(new Date(60))
    expect(await db.getChannel('general')).toMatchObject({ messageCount: 60 })
  })

  it('that ends while it holds the writer gives it back, rolled back', async () => {
    const db = await temporaryDatabase()
    const thread = startThread(
      db,
      `await db.withConnection(async (connection) => {
        await connection.run("INSERT INTO channels (channel_id, created_at) VALUES ('half', 0)")
        post('holding')
        await new Promise(() => {})
      }, { mode: 'write', idleTimeoutMs: 600000 })`,
    )
    expect(await nextMessage(thread)).toBe('holding')
    const waiting = db.storeMessage(message('after'))
    await thread.terminate()
    expect(await waiting).toMatchObject({ outcome: 'inserted' })
    expect(await db.getChannel('half')).toBeUndefined()
  })

  it('is told when the database closes under it: nothing hangs', async () => {
    const db = await openDatabase(':memory:')
    const thread = startThread(
      db,
      `const tell = (error) => error.code
      let calls = []
      const timer = setInterval(() => calls.push(db.storeMessage(message('m' + calls.length)).then(() => 'stored', tell)), 0)
      post('writing')
      while (!(await Promise.all(calls)).includes('CLOSED')) await new Promise((resolve) => setTimeout(resolve, 1))
      clearInterval(timer)
      let read
      // The last answers of the writer come before the end of the port.
      while ((read = await db.countMessages().catch(tell)) !== 'CLOSED') await new Promise((resolve) => setTimeout(resolve, 1))
      post({ outcomes: [...new Set(await Promise.all(calls))], read })`,
    )
    expect(await nextMessage(thread)).toBe('writing')
    const last = nextMessage(thread)
    await db.close()
    const { outcomes, read } = Object(await last)
    expect(read).toBe('CLOSED')
    expect(outcomes).toContain('CLOSED')
    expect(
      outcomes.every((outcome: string) => ['stored', 'CLOSED', 'OUTCOME_UNKNOWN'].includes(outcome)),
    ).toBe(true)
    await thread.terminate()
  })
})

describe('connectPort', () => {
  it('refuses the main thread, which runs no SQL', async () => {
    const db = await temporaryDatabase()
    await expectError(connectPort(db.createPort()), 'INVALID_ARGUMENT', { field: 'port' })
  })
})

describe('ready', () => {
  it('waits until the queue is at most half full', async () => {
    const db = await temporaryDatabase({ maxQueuedOperations: 100 })
    await db.ready()
    let refused = 0
    const calls: Promise<unknown>[] = []
    for (let n = 0; n < 1_000; n += 1) {
      await db.ready()
      calls.push(db.storeMessage(message(`m${n}`)).catch(() => (refused += 1)))
    }
    await Promise.all(calls)
    expect(refused).toBe(0)
    expect(await db.countMessages()).toBe(1_000)
  })

  it('does not keep anybody waiting when the database closes', async () => {
    const db = await openDatabase(':memory:', { maxQueuedOperations: 2 })
    const calls = [1, 2].map((n) => db.storeMessage(message(`m${n}`)))
    const ready = db.ready()
    await db.close()
    await ready
    expect(await Promise.all(calls)).toHaveLength(2)
  })
})
