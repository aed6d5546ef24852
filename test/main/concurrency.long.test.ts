import { EventEmitter, once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { expectError, message, temporaryDatabase } from '../support/databases.js'

describe('hundreds of calls in flight', () => {
  it('each get their own answer, reads and writes mixed', async () => {
    const db = await temporaryDatabase({ readers: 3 })
    const calls = Array.from({ length: 600 }, async (_, n) => {
      const channelId = `c${n % 7}`
      expect(await db.storeMessage(message(`m${n}`, { channelId, userId: `u${n % 11}` }))).toEqual({
        messageId: `m${n}`,
        outcome: 'inserted',
      })
      const [stored] = await db.getMessagesByIds([`m${n}`])
      expect(stored).toMatchObject({ messageId: `m${n}`, channelId, userId: `u${n % 11}` })
      const page = await db.getMessages({ channelId, limit: 3 })
      expect(page.items.every((item) => item.channelId === channelId)).toBe(true)
    })
    await Promise.all(calls)
    expect(await db.countMessages()).toBe(600)
    const users = await db.users.getUsers(Array.from({ length: 11 }, (_, n) => `u${n}`))
    expect(users.reduce((sum, user) => sum + user.messageCount, 0)).toBe(600)
    const { averageBatch, commits } = await db.stats()
    expect(averageBatch).toBeGreaterThan(1)
    expect(commits).toBeLessThan(600)
  })

  it('are carried out in the order of the calls', async () => {
    const db = await temporaryDatabase()
    const contents = Array.from({ length: 300 }, (_, n) => `version ${n}`)
    await Promise.all(contents.map((content) => db.storeMessage(message('same', { content }))))
    expect(await db.getMessagesByIds(['same'])).toMatchObject([{ content: 'version 299' }])
    expect(await db.countMessages()).toBe(1)
  })

  it('see what was acknowledged before them, on every reader', async () => {
    const db = await temporaryDatabase({ readers: 4 })
    for (let n = 1; n <= 30; n += 1) {
      await db.storeMessage(message(`m${n}`))
      const counts = await Promise.all(Array.from({ length: 12 }, () => db.countMessages()))
      expect(new Set(counts)).toEqual(new Set([n]))
    }
  })
})

describe('an operation that fails', () => {
  it('fails alone: its neighbours in the batch stand', async () => {
    const db = await temporaryDatabase()
    await db.storeMessage(message('taken'))
    const outcomes = await Promise.allSettled(
      Array.from({ length: 200 }, (_, n) =>
        n % 10 === 3
          ? db.storeMessage({ ...message('taken'), onConflict: 'error' })
          : db.storeMessage(message(`m${n}`)),
      ),
    )
    outcomes.forEach((outcome, n) => {
      expect(outcome.status).toBe(n % 10 === 3 ? 'rejected' : 'fulfilled')
    })
    expect(await db.countMessages()).toBe(181)
    const { commits, write } = await db.stats()
    expect(write.finishedOperations).toBe(201)
    expect(commits).toBeLessThan(10)
  })

  it('leaves nothing of itself, whatever it did before it failed', async () => {
    const db = await temporaryDatabase()
    const half = [message('a', { channelId: 'half', userId: 'half' }), message('taken')]
    await db.storeMessage(message('taken'))
    const [failed, stored] = await Promise.allSettled([
      db.addMessages({ messages: half, onConflict: 'error' }),
      db.storeMessage(message('b')),
    ])
    expect([failed?.status, stored?.status]).toEqual(['rejected', 'fulfilled'])
    expect(await db.getChannel('half')).toBeUndefined()
    expect(await db.users.getUser('half')).toBeUndefined()
    expect(await db.countMessages()).toBe(2)
  })

  it('fails alone among all kinds of writes', async () => {
    const db = await temporaryDatabase()
    await db.storeMessage(message('1'))
    const embed = (vector: number[]) =>
      db.storeEmbeddings([{ ownerType: 'message', ownerId: '1', model: 'mini', vector }])
    const results = await Promise.allSettled([
      embed([1, 2]),
      embed([1]),
      db.updateMessage({ messageId: 'none', content: '' }),
      db.users.upsertUser({ userId: 'ada', displayName: 'Ada' }),
      db.addMessageToSegment({ segmentId: 'none', messageId: '1' }),
      db.upsertChannel({ channelId: 'general', name: '#general' }),
    ])
    const codes = results.map((result) => (result.status === 'rejected' ? result.reason.code : 'ok'))
    expect(codes).toEqual(['ok', 'DIMENSION_MISMATCH', 'NOT_FOUND', 'ok', 'NOT_FOUND', 'ok'])
    expect(await db.getChannel('general')).toMatchObject({ name: '#general' })
  })
})

describe('what the caller does with its objects after the call', () => {
  it('changes nothing that waits', async () => {
    const db = await temporaryDatabase()
    const shared = { ...message('m'), metadata: { n: 0 }, timestamp: new Date(0) }
    const calls = [0, 1, 2].map((n) => {
      shared.messageId = `m${n}`
      shared.content = `content ${n}`
      shared.metadata.n = n
      shared.timestamp.setTime(n)
      return db.storeMessage(shared)
    })
    shared.content = 'too late'
    await Promise.all(calls)
    expect(await db.getMessagesByIds(['m0', 'm1', 'm2'])).toMatchObject(
      [0, 1, 2].map((n) => ({ content: `content ${n}`, metadata: { n }, timestamp: new Date(n) })),
    )
  })
})

describe('a full queue', () => {
  it('refuses at once with the numbers, and takes calls again when it has drained', async () => {
    const db = await temporaryDatabase({ maxQueuedOperations: 10 })
    const calls = Array.from({ length: 15 }, (_, n) => db.storeMessage(message(`m${n}`)))
    const outcomes = await Promise.allSettled(calls)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
    await expectError(calls[10] ?? Promise.resolve(), 'OVERLOADED', {
      queuedOperations: 10,
      maxQueuedOperations: 10,
    })
    expect(await db.storeMessage(message('again'))).toMatchObject({ outcome: 'inserted' })
  })

  it('is bounded in bytes too, and one call beyond all of them can never go', async () => {
    const db = await temporaryDatabase({ maxQueuedBytes: 100_000 })
    const content = 'x'.repeat(20_000)
    const outcomes = await Promise.allSettled(
      [1, 2, 3].map((n) => db.storeMessage(message(`m${n}`, { content }))),
    )
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
    await expectError(db.storeMessage(message('big', { content: content.repeat(5) })), 'TOO_LARGE', {
      maxQueuedBytes: 100_000,
    })
  })

  it('of reads refuses likewise', async () => {
    const db = await temporaryDatabase({ maxQueuedOperations: 5 })
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => db.countMessages()))
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(3)
  })
})

describe('signal and timeoutMs', () => {
  it('end a call that waits, and it is never carried out', async () => {
    const db = await temporaryDatabase()
    const events = new EventEmitter()
    const released = once(events, 'release')
    const held = once(events, 'held')
    const lease = db.withConnection(
      async () => {
        events.emit('held')
        await released
      },
      { mode: 'write' },
    )
    await held
    const controller = new AbortController()
    const calls = [
      db.storeMessage(message('aborted'), { signal: controller.signal }),
      db.addMessages([message('aborted too')], { signal: controller.signal }),
      db.storeMessage(message('timed out'), { timeoutMs: 5 }),
    ]
    const outcomes = Promise.allSettled(calls)
    controller.abort()
    expect(await outcomes).toMatchObject(
      ['ABORTED', 'ABORTED', 'TIMEOUT'].map((code) => ({
        status: 'rejected',
        reason: { code, details: { maybeCommitted: false }, retryable: code === 'TIMEOUT' },
      })),
    )
    events.emit('release')
    await lease
    expect(await db.countMessages()).toBe(0)
  })

  it('end a write that the writer has: nobody knows, so the error does not say that it may be repeated', async () => {
    const db = await temporaryDatabase()
    await db.addMessages(Array.from({ length: 50_000 }, (_, n) => message(`${n}`)))
    // It takes the writer some hundred milliseconds.
    const call = db.deleteChannel('general', { timeoutMs: 50 })
    await expectError(call, 'TIMEOUT', { maybeCommitted: true })
    await expect(call).rejects.toMatchObject({ retryable: false })
    await db.storeMessage(message('after'))
    expect(await db.countMessages()).toBe(1)
  })

  it('end a read that a reader has: nothing was committed, and it may be repeated', async () => {
    const db = await temporaryDatabase()
    const ids = Array.from({ length: 50_000 }, (_, n) => `${n}`)
    await db.addMessages(ids.map((id) => message(id)))
    const call = db.getMessagesByIds(ids, { timeoutMs: 1 })
    await expectError(call, 'TIMEOUT', { maybeCommitted: false })
    await expect(call).rejects.toMatchObject({ retryable: true })
  })

  it('leave a call alone that is answered in time', async () => {
    const db = await temporaryDatabase()
    const controller = new AbortController()
    const options = { signal: controller.signal, timeoutMs: 60_000 }
    await db.storeMessage(message('1'), options)
    controller.abort()
    expect(await db.countMessages()).toBe(1)
  })
})
