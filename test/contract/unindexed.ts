import type { DatabaseManager } from 'convodb'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'

interface Stored {
  readonly id: string
  readonly insertion: number
  readonly timestamp: number
}

type Step =
  | { readonly kind: 'store'; readonly timestamp: number }
  | { readonly kind: 'move'; readonly which: number; readonly timestamp: number }
  | { readonly kind: 'delete'; readonly which: number }
  | { readonly kind: 'index' }

const timestamp = fc.integer({ min: 0, max: 5 })
const which = fc.nat()
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('store' as const), timestamp }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('move' as const), which, timestamp }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), which }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'index' as const }) },
  ),
  { maxLength: 30 },
)

/** Whoever borrows a connection finds the tables whole: what is unindexed is indexed first. */
const merge = (db: DatabaseManager): Promise<void> => db.withConnection(() => undefined)

/** What a channel should look like, kept beside it. */
class Model {
  readonly channelId: string
  #messages: Stored[] = []
  #insertions = 0
  #times: number[] = []

  constructor(channelId: string) {
    this.channelId = channelId
  }

  async take(db: DatabaseManager, step: Step): Promise<void> {
    if (step.kind === 'index') return merge(db)
    if (step.kind === 'store') {
      const id = `${this.channelId}-${(this.#insertions += 1)}`
      this.#times.push(step.timestamp)
      this.#messages.push({ id, insertion: this.#insertions, timestamp: step.timestamp })
      await db.storeMessage(this.#message(id, step.timestamp))
      return
    }
    const chosen = this.#messages[step.which % this.#messages.length]
    if (chosen === undefined) return
    this.#messages = this.#messages.filter(({ id }) => id !== chosen.id)
    if (step.kind === 'delete') {
      expect(await db.deleteMessages([chosen.id])).toBe(1)
      return
    }
    this.#times.push(step.timestamp)
    this.#messages.push({ ...chosen, timestamp: step.timestamp })
    await db.storeMessage(this.#message(chosen.id, step.timestamp))
  }

  /** Asks everything that depends on order and counters. */
  async compare(db: DatabaseManager): Promise<void> {
    const { channelId } = this
    const expected = this.#messages.toSorted((a, b) => a.timestamp - b.timestamp || a.insertion - b.insertion)
    const ids = expected.map(({ id }) => id)
    expect(await this.#read(db, 'asc')).toEqual(ids)
    expect(await this.#read(db, 'desc')).toEqual(ids.toReversed())
    expect(await db.countMessages({ channelId })).toBe(ids.length)
    const inside = expected.filter((stored) => stored.timestamp > 1 && stored.timestamp < 4)
    expect(await db.countMessages({ channelId, after: 1, before: 4 })).toBe(inside.length)
    const middle = ids.length >> 1
    const context = await db.getMessageContext({ messageId: ids[middle] ?? 'none', before: 3, after: 2 })
    const around = context && [...context.before, context.message, ...context.after]
    expect(around?.map(({ messageId }) => messageId) ?? []).toEqual(
      ids.slice(Math.max(0, middle - 3), middle + 3),
    )
    if (this.#times.length === 0) return
    const counters = { messageCount: ids.length, lastActive: new Date(Math.max(...this.#times)) }
    expect(await db.getChannel(channelId)).toMatchObject(counters)
    const firstSeen = new Date(Math.min(...this.#times))
    expect(await db.users.getUser(channelId)).toMatchObject({ ...counters, firstSeen })
  }

  async #read(db: DatabaseManager, order: 'asc' | 'desc'): Promise<string[]> {
    const read: string[] = []
    for await (const { messageId } of db.iterateMessages({ channelId: this.channelId, order, limit: 3 })) {
      read.push(messageId)
    }
    return read
  }

  #message(id: string, time: number) {
    return message(id, { channelId: this.channelId, userId: this.channelId, timestamp: time })
  }
}

/** Messages are listed and counted at once, though their places and counters are filled in bulk later. */
export function describeUnindexedMessages(db: GetDatabase): void {
  describe('unindexed messages', () => {
    it('are in every listing and counter, before and after indexing, whatever is done to them', async () => {
      let run = 0
      await fc.assert(
        fc.asyncProperty(steps, async (taken) => {
          const model = new Model(`rm-${(run += 1)}`)
          for (const step of taken) await model.take(db(), step)
          await model.compare(db())
          await merge(db())
          await model.compare(db())
        }),
        { numRuns: 30 },
      )
    })

    it('are indexed by and by, and nothing is lost or counted twice', async () => {
      const count = 21_000
      const rows = Array.from({ length: count }, (_, n) =>
        message(`rb-${n}`, { channelId: `rb-${n % 3}`, userId: `rb-${n % 7}`, timestamp: (n * 7919) % 1000 }),
      )
      const stored: Promise<unknown>[] = rows.slice(0, 2000).map((row) => db().storeMessage(row))
      for (let from = 2000; from < count; from += 2000)
        stored.push(db().addMessages(rows.slice(from, from + 2000)))
      await Promise.all(stored)
      for (const channel of [0, 1, 2]) {
        const channelId = `rb-${channel}`
        expect(await db().getChannel(channelId)).toMatchObject({ messageCount: count / 3 })
        expect(await db().countMessages({ channelId, before: 2000 })).toBe(count / 3)
        const expected = rows
          .filter((row) => row.channelId === channelId)
          .toSorted((a, b) => Number(a.timestamp) - Number(b.timestamp))
        const listed: string[] = []
        for await (const { messageId } of db().iterateMessages({ channelId, order: 'asc' }))
          listed.push(messageId)
        expect(listed).toEqual(expected.map(({ messageId }) => messageId))
      }
      const users = await db().users.getUsers(Array.from({ length: 7 }, (_, n) => `rb-${n}`))
      expect(users.reduce((sum, { messageCount }) => sum + messageCount, 0)).toBe(count)
    })

    it('of a deleted channel go with it', async () => {
      await db().storeMessage(message('rd-1', { channelId: 'rd' }))
      await merge(db())
      await db().storeMessage(message('rd-2', { channelId: 'rd' }))
      expect(await db().deleteChannel('rd')).toBe(true)
      expect(await db().getMessagesByIds(['rd-1', 'rd-2'])).toEqual([])
      await db().storeMessage(message('rd-1', { channelId: 'rd' }))
      expect(await db().getChannel('rd')).toMatchObject({ messageCount: 1 })
    })

    it('bring a deleted user back, with nothing of before', async () => {
      await db().storeMessage(message('ru-1', { userId: 'ru', timestamp: 10 }))
      await db().users.deleteUser('ru')
      expect(await db().users.getUser('ru')).toBeUndefined()
      await db().storeMessage(message('ru-2', { userId: 'ru', timestamp: 20 }))
      const seen = { firstSeen: new Date(20), lastActive: new Date(20), messageCount: 2 }
      expect(await db().users.getUser('ru')).toMatchObject(seen)
      await merge(db())
      expect(await db().users.getUser('ru')).toMatchObject(seen)
    })
  })
}
