import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DatabaseManager, NewMessage } from 'convodb'
import { expect, it } from 'vitest'
import { emptyLog, message, temporaryDatabase, temporaryFolder } from '../support/databases.js'

/** Tokens that nothing else in the files holds. */
const secret = (n: number): string => `secret-${n}-${'ab'.repeat(n % 7)}`

/** Every file of the database, as raw bytes. */
async function rawBytes(folder: string): Promise<string> {
  const names = await readdir(folder)
  const files = await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')))
  return files.join('')
}

/** A user's traces in every table, in between those of many others, stored in no order and changed meanwhile. */
async function fill(db: DatabaseManager): Promise<void> {
  const rows: NewMessage[] = Array.from({ length: 6_000 }, (_, n) =>
    message(`${(n * 7919) % 6_000}-${n % 20 === 0 ? secret(n) : 'plain'}`, {
      userId: n % 20 === 0 ? 'secret-user-id' : `user-${n % 50}`,
      content: n % 20 === 0 ? `${secret(n)} ${'tea '.repeat(n % 1_500)}` : `other ${'milk '.repeat(n % 40)}`,
      metadata: n % 20 === 0 ? { note: secret(n) } : null,
    }),
  )
  for (let first = 0; first < rows.length; first += 500) await db.addMessages(rows.slice(first, first + 500))
  const mine = rows.filter(({ userId }) => userId === 'secret-user-id').map(({ messageId }) => messageId)
  for (const messageId of mine.slice(0, 100)) {
    await db.updateMessage({ messageId, content: `${secret(1)} edited ${'tea '.repeat(900)}` })
  }
  for (let n = 0; n < 30; n += 1) {
    const userId = n === 15 ? 'secret-user-id' : `user-${n}`
    const name = n === 15 ? 'Secret Sesame Name' : `Somebody ${n}`
    await db.users.upsertUser({ userId, displayName: name, metadata: { note: n === 15 ? secret(2) : '' } })
    await db.users.updateProfile({ userId, profile: { note: n === 15 ? secret(3) : 'none' } })
  }
  for (const strategy of ['gap', 'replies', 'conversations'] as const) {
    await db.segmentChannel({ channelId: 'general', strategy })
  }
}

/** What the table of changes tells of the user: messages that were deleted and that went to another channel, of theirs and to them. */
async function leaveChanges(db: DatabaseManager): Promise<void> {
  const userId = 'secret-user-id'
  const ids = Array.from({ length: 200 }, (_, n) => `deleted-${secret(n)}`)
  await db.addMessages(ids.map((id, n) => message(id, { userId: n % 2 === 0 ? userId : 'user-1' })))
  const between = ids.filter((_, n) => n % 4 === 1)
  await db.addMessages(between.map((id) => message(id, { userId: 'user-1', channelId: 'between' })))
  await db.addMessages(ids.map((id) => message(id, { userId, channelId: 'elsewhere' })))
  await db.deleteMessages(ids)
}

const traces = /secret|sesame/i

it('leaves nothing of a forgotten user in the file or its log after a checkpoint', async () => {
  const folder = await temporaryFolder()
  const db = await temporaryDatabase({ readers: 1 }, join(folder, 'chat.db'))
  await fill(db)
  await db.checkpoint()
  await leaveChanges(db)
  await db.checkpoint()
  expect(await rawBytes(folder)).toMatch(traces)
  expect(await db.forgetUser('secret-user-id')).toMatchObject({ messages: 300, profiles: 1 })
  await emptyLog(db)
  expect(await rawBytes(folder)).not.toMatch(traces)
  await db.close()
  expect(await rawBytes(folder)).not.toMatch(traces)
})

it('leaves nothing of expired messages either', async () => {
  const folder = await temporaryFolder()
  const db = await temporaryDatabase({ readers: 1 }, join(folder, 'chat.db'))
  const rows = Array.from({ length: 2_000 }, (_, n) => message(`${n}`, { content: secret(n), timestamp: n }))
  await db.addMessages(rows)
  await db.applyRetention({ olderThan: 2_000 })
  await emptyLog(db)
  expect(await rawBytes(folder)).not.toMatch(traces)
})

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[values.length >> 1] ?? NaN

it('holds the writer for no longer than 50 ms a slice while a retention runs', async () => {
  const db = await temporaryDatabase()
  for (let first = 0; first < 40_000; first += 5_000) {
    await db.addMessages(
      Array.from({ length: 5_000 }, (_, n) =>
        message(`${first + n}`, { channelId: `c-${n % 50}`, timestamp: n }),
      ),
    )
  }
  const storeOnce = async (messageId: string): Promise<number> => {
    const startMs = performance.now()
    await db.storeMessage(message(messageId, { channelId: 'other', timestamp: 99_999 }))
    return performance.now() - startMs
  }
  const storeMany = async (when: string): Promise<number[]> => {
    const waits: number[] = []
    for (let n = 0; n < 40; n += 1) waits.push(await storeOnce(`${when}-${n}`))
    return waits
  }
  const before = await storeMany('before')
  const end = new AbortController()
  const waits: number[] = []
  const writeMeanwhile = async (): Promise<void> => {
    for (let n = 0; !end.signal.aborted; n += 1) waits.push(await storeOnce(`meanwhile-${n}`))
  }
  const writing = writeMeanwhile()
  const { deletedMessages } = await db.applyRetention({ olderThan: 50_000 })
  end.abort()
  await writing
  const after = await storeMany('after')
  expect(deletedMessages).toBe(40_000)
  expect(await db.countMessages()).toBe(before.length + waits.length + after.length)
  // A call waits for the slice before it and for its own commit, and both for the processor: as did those before and after.
  expect(median(waits)).toBeLessThan(50 + 4 * Math.max(median(before), median(after)))
  expect(waits.length).toBeGreaterThan(10)
})
