import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Worker, type MessagePort } from 'node:worker_threads'
import { openDatabase } from 'convodb'
import { expect, it } from 'vitest'
import { temporaryDatabase, temporaryFolder } from '../support/databases.js'

/** A thread that has a port, and posts what becomes of `body`, or its error's code. */
function startThread(port: MessagePort, body: string): Worker {
  const program = `
    const { once } = require('node:events')
    const { MessageChannel, parentPort, workerData } = require('node:worker_threads')
    const run = async ({ connectPort }, port) => { ${body} }
    import('convodb')
      .then((convodb) => run(convodb, workerData.port))
      .catch((error) => error.code)
      .then((outcome) => parentPort.postMessage(outcome))`
  return new Worker(program, { eval: true, workerData: { port }, transferList: [port] })
}

const nextMessage = async (thread: Worker): Promise<unknown> => (await once(thread, 'message'))[0]

it('a database that closes, or is closed, gives out no port: its thread would open the file once more', async () => {
  const db = await openDatabase(join(await temporaryFolder(), 'chat.db'), { readers: 1 })
  const closed = expect.objectContaining({ code: 'CLOSED' })
  const closing = db.close()
  expect(() => db.createPort()).toThrow(closed)
  await closing
  expect(() => db.createPort()).toThrow(closed)
})

it('a port whose database has closed before a thread connects it is CLOSED, and its file is not opened', async () => {
  const path = join(await temporaryFolder(), 'chat.db')
  const db = await openDatabase(path, { readers: 1 })
  const body = `parentPort.postMessage('started'); await once(parentPort, 'message'); return connectPort(port)`
  const thread = startThread(db.createPort(), body)
  expect(await nextMessage(thread)).toBe('started')
  await db.close()
  const [outcome, ended] = [nextMessage(thread), once(thread, 'exit')]
  thread.postMessage('connect')
  expect(await outcome).toBe('CLOSED')
  expect(await readdir(dirname(path))).toEqual([basename(path)])
  await ended
})

it('a port is connected once: the second time is refused, and the first connection goes on', async () => {
  const db = await temporaryDatabase({ readers: 1 })
  const body = `
    const own = await connectPort(port)
    const code = await connectPort(port).catch((error) => error.code)
    await own.upsertChannel({ channelId: 'general' })
    await own.close()
    return [code, await connectPort(port).catch((error) => error.code)]`
  const thread = startThread(db.createPort(), body)
  expect(await nextMessage(thread)).toEqual(['INVALID_ARGUMENT', 'INVALID_ARGUMENT'])
  expect(await db.getChannel('general')).toMatchObject({ channelId: 'general' })
})

it.each(['text', null, { kind: 'mine' }])(
  'a port that is none of ours is refused with the first message that comes: %j',
  async (message) => {
    const db = await temporaryDatabase({ readers: 1 })
    const body = `
      const { port1, port2 } = new MessageChannel()
      port2.postMessage(${JSON.stringify(message)})
      return connectPort(port1)`
    const thread = startThread(db.createPort(), body)
    expect(await nextMessage(thread)).toBe('INVALID_ARGUMENT')
  },
)
