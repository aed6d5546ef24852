import { beforeEach, describe, expect, it } from 'vitest'
import type { DatabaseManager } from 'convodb'
import { expectError, message, temporaryDatabase } from '../support/databases.js'

let db: DatabaseManager
beforeEach(async () => {
  db = await temporaryDatabase()
  for (const channelId of ['short', 'other']) {
    await db.addMessages(
      Array.from({ length: 50 }, (_, n) =>
        message(`${channelId}-${n}`, { channelId, content: `é 字 😀 of ${channelId} ${n}` }),
      ),
    )
  }
  await db.storeMessage(message('long', { channelId: 'long', content: '字'.repeat(40_000) }))
})

const textOf = (json: Uint8Array): string => Buffer.from(json).toString()
const ask = (channelId: string) => ['getMessages', { channelId }] as const
const isLent = (json: Uint8Array): boolean => json.buffer instanceof SharedArrayBuffer

describe('lendJson', () => {
  it.each(['short', 'long', 'none'])(
    'lends what executeJson gives: a channel that is %s',
    async (channelId) => {
      const given = textOf(await db.executeJson(...ask(channelId)))
      expect(await db.lendJson(...ask(channelId), textOf)).toBe(given)
    },
  )

  it('in memory that is used again, or, where there is no room, of its own', async () => {
    expect(await db.lendJson(...ask('short'), isLent)).toBe(true)
    expect(await db.lendJson(...ask('long'), isLent)).toBe(false)
  })

  it('keeps it as it is until what uses it is done, however many there are at once', async () => {
    const expected = new Map<string, string>()
    for (const channelId of ['short', 'other'])
      expected.set(channelId, textOf(await db.executeJson(...ask(channelId))))
    const { promise: all, resolve: letGo } = Promise.withResolvers<void>()
    let waiting = 0
    const lent = Array.from({ length: 200 }, (_, n) => {
      const channelId = n % 2 === 0 ? 'short' : 'other'
      return db.lendJson(...ask(channelId), async (json) => {
        if (++waiting === 200) letGo()
        await all
        expect(textOf(json)).toBe(expected.get(channelId))
        return isLent(json)
      })
    })
    expect((await Promise.all(lent)).filter(Boolean)).toHaveLength(64)
  })

  it('takes it back from whoever has given up, was refused or has failed', async () => {
    for (let round = 0; round < 3; round += 1) {
      const stop = new AbortController()
      const failing = Array.from({ length: 40 }, () => [
        db.lendJson(...ask('short'), () => 0, { signal: stop.signal }),
        db.lendJson('getMessages', { channelId: 'short', cursor: 'nonsense' }, () => 0),
        db.lendJson(...ask('short'), () => Promise.reject(new Error('mine'))),
      ])
        .flat()
        .map((each) => each.catch((error: unknown) => String(error)))
      await new Promise((resolve) => setImmediate(resolve))
      stop.abort()
      const codes = await Promise.all(failing)
      expect(codes.filter((code) => code === 'Error: mine')).toHaveLength(40)
      expect(codes.filter((code) => String(code).includes('cursor'))).toHaveLength(40)
    }
    const all = await Promise.all(
      Array.from({ length: 64 }, () =>
        db.lendJson(...ask('short'), async (json) => {
          await new Promise((resolve) => setImmediate(resolve))
          return isLent(json)
        }),
      ),
    )
    expect(all.every(Boolean)).toBe(true)
  })

  it('leaves it to a thread that is taken away while it may still write, and has other memory then', async () => {
    const slow = await temporaryDatabase({ readers: 1, readTimeoutMs: 1 })
    for (let n = 0; n < 5; n += 1) {
      await slow.addMessages(
        Array.from({ length: 2_000 }, (_, m) => message(`${n}-${m}`, { channelId: 'many', timestamp: m })),
      )
    }
    const few = Array.from({ length: 20 }, (_, n) => message(`few-${n}`, { channelId: 'few' }))
    await Promise.all([slow.addMessages(few), db.addMessages(few)])
    const expected = textOf(await db.executeJson('getMessages', { channelId: 'few' }))
    // On a busy machine any read may be late.
    const restarts = async (): Promise<number> => {
      const stats = await slow.stats().catch(() => undefined)
      return stats?.restarts.readers ?? 0
    }
    while ((await restarts()) === 0) {
      // One bundle, which takes longer than a look at the thread's age comes.
      const bundle = Array.from({ length: 32 }, (_, n) =>
        n % 2 === 0
          ? slow.lendJson('getMessages', { channelId: 'many', limit: 10_000 }, () => expected)
          : slow.lendJson('getMessages', { channelId: 'few' }, textOf),
      )
      for (const answer of await Promise.allSettled(bundle)) {
        if (answer.status === 'fulfilled') expect(answer.value).toBe(expected)
        else await expectError(Promise.reject(answer.reason), 'TIMEOUT')
      }
    }
    const countLent = async (): Promise<number> => {
      const { promise: all, resolve: letGo } = Promise.withResolvers<void>()
      let waiting = 0
      const lent = Array.from({ length: 64 }, () =>
        slow.lendJson('getMessages', { channelId: 'few' }, async (json) => {
          if (++waiting === 64) letGo()
          await all
          expect(textOf(json)).toBe(expected)
          return isLent(json)
        }),
      )
      for (const each of lent) each.catch(letGo)
      const settled = await Promise.allSettled(lent)
      return settled.filter((each) => each.status === 'fulfilled' && each.value).length
    }
    await expect.poll(countLent, { timeout: 60_000 }).toBe(64)
  })

  it('needs somebody to lend to, and a read', async () => {
    await expectError(db.lendJson(...ask('short'), JSON.parse('null')), 'INVALID_ARGUMENT', { field: 'use' })
    const execute: { lendJson(name: string, params: object, use: () => void): Promise<unknown> } = Object(db)
    await expectError(
      execute.lendJson('deleteChannel', { channelId: 'short' }, () => undefined),
      'INVALID_ARGUMENT',
    )
  })
})
