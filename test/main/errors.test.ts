import { ConvoDbError } from 'convodb'
import { describe, expect, it } from 'vitest'
import { createLocalDatabase } from '../../src/main/local-database.js'
import { message, temporaryDatabase } from '../support/databases.js'

async function errorOf(call: () => Promise<unknown>): Promise<ConvoDbError> {
  try {
    await call()
  } catch (error) {
    if (error instanceof ConvoDbError) return error
    throw error
  }
  throw new Error('It did not fail')
}

describe('an error', () => {
  it('shows the line of the caller, wherever it came from', async () => {
    const db = await temporaryDatabase()
    const calls: readonly (() => Promise<unknown>)[] = [
      async function refusedBeforeItWent() {
        await db.getMessages({ channelId: '' })
      },
      async function refusedByTheWriter() {
        await db.updateMessage({ messageId: 'none', content: 'x' })
      },
      async function refusedByAReader() {
        await db.getMessages({ channelId: 'c', cursor: 'none of ours' })
      },
      async function refusedInABatch() {
        await db.batch([{ name: 'updateMessage', params: { messageId: 'none' } }])
      },
      async function refusedAmongSeveral() {
        const [outcome] = await db.executeEach([{ name: 'updateMessage', params: { messageId: 'none' } }])
        if (outcome?.ok === false) throw outcome.error
      },
      async function refusedWithItsKey() {
        await db.executeEach([], { idempotencyKey: '' })
      },
      async function refusedInATransaction() {
        await db.transaction(async (transaction) => {
          await transaction.updateMessage({ messageId: 'none' })
        })
      },
    ]
    for (const call of calls) expect((await errorOf(call)).stack).toContain(call.name)
  })

  it('names the operation', async () => {
    const db = await temporaryDatabase()
    const { operation } = await errorOf(() => db.updateMessage({ messageId: 'none' }))
    expect(operation).toBe('updateMessage')
    const inTransaction = await errorOf(() => db.transaction((one) => one.deleteMessages([''])))
    expect(inTransaction.operation).toBe('deleteMessages')
    expect(await errorOf(() => db.batch([{ name: 'getUser', params: { userId: '' } }]))).toMatchObject({
      operation: 'batch',
      details: { operation: 'getUser', index: 0 },
    })
  })

  it('keeps its cause as text when it becomes data, and comes back from it', () => {
    const error = new ConvoDbError(
      'IO_ERROR',
      'The disk failed',
      { path: 'chat.db' },
      {
        operation: 'storeMessage',
        cause: new RangeError('too far'),
      },
    )
    const data = JSON.parse(JSON.stringify(error))
    expect(data).toEqual({
      code: 'IO_ERROR',
      message: 'The disk failed',
      details: { path: 'chat.db' },
      operation: 'storeMessage',
      cause: 'RangeError: too far',
    })
    expect(ConvoDbError.from(data)).toMatchObject({ operation: 'storeMessage', cause: 'RangeError: too far' })
  })

  it('of ours, where it should not be, is INTERNAL and never the caller’s', async () => {
    const fault = new TypeError('a fault of ours')
    const fail = () => Promise.reject(fault)
    const db = createLocalDatabase({
      file: { path: 'none', busyTimeoutMs: 1 },
      isOpen: true,
      refusal: () => undefined,
      execute: fail,
      executeJson: fail,
      executeRequest: fail,
      withConnection: async (work) =>
        work({ sql: { all: fail, get: fail, run: fail, exec: fail }, execute: fail }),
      ready: fail,
      createPort: () => {
        throw fault
      },
      stats: fail,
      close: async () => undefined,
    })
    const calls = [
      () => db.getChannel('c'),
      () => db.batch([{ name: 'getChannel', params: { channelId: 'c' } }]),
      () => db.executeEach([{ name: 'getChannel', params: { channelId: 'c' } }]),
      () => db.transaction((transaction) => transaction.getChannel('c')),
    ]
    for (const call of calls) {
      // Not of the class that the compiled library exports.
      await expect(call()).rejects.toMatchObject({
        code: 'INTERNAL',
        message: 'a fault of ours',
        cause: fault,
      })
    }
  })

  it('of a call that succeeds there is none', async () => {
    const db = await temporaryDatabase()
    expect(await db.storeMessage(message('m1'))).toEqual({ messageId: 'm1', outcome: 'inserted' })
  })
})
