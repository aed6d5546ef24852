import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import Database from 'better-sqlite3'
import { openDatabase, restoreDatabase, verifyDatabase } from 'convodb'
import { describe, expect, it } from 'vitest'
import { brief, changesBehind, presentEnd, takeChanges } from '../support/changes.js'
import { expectError, message, temporaryDatabase, temporaryFolder } from '../support/databases.js'

const newPath = async (): Promise<string> => join(await temporaryFolder(), 'chat.db')
const idsFrom = (first: number, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `m${first + n}`)
const storedOf = (ids: readonly string[]): string[] => ids.map((id) => `messageStored ${id}`)

describe('the end of a database', () => {
  it('ends its subscriptions with CLOSED: those who wait, those who have something left, and late ones', async () => {
    const db = await temporaryDatabase()
    const waiting = db.subscribe({ channelId: 'quiet' }).next()
    const behind = db.subscribe({ after: await presentEnd(db) })
    const full = db.subscribe()
    await using witness = db.subscribe()
    await db.storeMessage(message('1'))
    await takeChanges(witness, 1)
    const closing = db.close()
    await expectError(waiting, 'CLOSED')
    await expectError(full.next(), 'CLOSED')
    await expectError(behind.next(), 'CLOSED')
    await expectError(db.subscribe().next(), 'CLOSED')
    await closing
    await expectError(db.subscribe().next(), 'CLOSED')
    expect(await full.next()).toEqual({ done: true, value: undefined })
  })

  it('is not put off by a subscription: the process ends by itself', async () => {
    const program = `
      import { openDatabase } from 'convodb'
      const db = await openDatabase(process.argv[1])
      const live = db.subscribe()
      await db.storeMessage({ messageId: '1', channelId: 'c', userId: 'u', content: '', timestamp: 1 })
      console.log((await live.next()).value.kind)
      live.next().then(() => console.log('more'))`
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program, await newPath()])
    expect(await run).toEqual({ stdout: 'messageStored\n', stderr: '' })
  })
})

describe('a cursor', () => {
  it('outlives restarts: behind it comes all that came meanwhile, once', async () => {
    const path = await newPath()
    const first = await openDatabase(path, { readers: 1 })
    const live = first.subscribe()
    await first.addMessages(idsFrom(0, 10).map((id) => message(id)))
    const taken = await takeChanges(live, 4)
    const cursor = live.cursor ?? ''
    await first.close()
    const second = await openDatabase(path, { readers: 1 })
    await second.addMessages(idsFrom(10, 5).map((id) => message(id)))
    await second.updateMessage({ messageId: 'm0', content: 'changed' })
    await second.close()
    const third = await temporaryDatabase({}, path)
    await using again = third.subscribe({ after: cursor })
    const rest = await takeChanges(again, 12)
    expect([...taken, ...rest].map(brief)).toEqual([...storedOf(idsFrom(0, 15)), 'messageUpdated m0'])
    await third.storeMessage(message('last'))
    expect((await takeChanges(again, 1)).map(brief)).toEqual(['messageStored last'])
  })

  it('goes on where the newest messages and the newest changes were deleted before a restart', async () => {
    const path = await newPath()
    const first = await openDatabase(path, { readers: 1 })
    await first.addMessages(idsFrom(0, 3).map((id) => message(id)))
    const start = await presentEnd(first)
    await first.deleteMessages(['m2'])
    await first.forgetUser('ada')
    const end = await presentEnd(first)
    await first.close()
    const second = await temporaryDatabase({}, path)
    await second.storeMessage(message('m9', { userId: 'bob' }))
    expect((await changesBehind(second, end)).map(brief)).toEqual(['messageStored m9'])
    expect((await changesBehind(second, start)).map(brief)).toEqual(['userForgotten', 'messageStored m9'])
  })

  it('is too old when more than 100,000 changes came behind it, and told so', async () => {
    const path = await newPath()
    const db = await temporaryDatabase({}, path)
    await db.addMessages(idsFrom(0, 25_000).map((id) => message(id)))
    await db.updateMessage({ messageId: 'm0', content: 'first' })
    const old = await presentEnd(db)
    const rewrite = (text: string) =>
      db.withConnection((connection) => connection.run(`UPDATE messages SET content = ?`, [text]), {
        mode: 'write',
      })
    for (const text of ['a', 'b', 'c', 'd']) await rewrite(text)
    await using oldest = db.subscribe({ after: old })
    await takeChanges(oldest, 1)
    await db.updateMessage({ messageId: 'm0', content: 'one more' })
    await expectError(db.listChanges({ after: old }), 'CURSOR_TOO_OLD', { keptChanges: 100_000 })
    await expectError(db.subscribe({ after: old }).next(), 'CURSOR_TOO_OLD')
    await db.close()
    const file = new Database(path, { readonly: true })
    expect(file.prepare('SELECT count(*) AS count FROM changes').get()).toEqual({ count: 100_000 })
    file.close()
    expect(await verifyDatabase(path)).toMatchObject({ isOk: true })
  })

  it('of a state that a restored backup does not have is refused', async () => {
    const path = await newPath()
    const first = await openDatabase(path, { readers: 1 })
    await first.storeMessage(message('1'))
    const kept = await presentEnd(first)
    await first.backup(`${path}.backup`)
    await first.storeMessage(message('2'))
    const ahead = await presentEnd(first)
    await first.close()
    await restoreDatabase(`${path}.backup`, path, { overwrite: true })
    const second = await temporaryDatabase({}, path)
    await expectError(second.listChanges({ after: ahead }), 'CURSOR_TOO_OLD')
    await second.storeMessage(message('3'))
    expect((await changesBehind(second, kept)).map(brief)).toEqual(['messageStored 3'])
  })
})

describe('beside another process', () => {
  it('a database that only reads follows what the owner commits', async () => {
    const path = await newPath()
    const owner = await temporaryDatabase({}, path)
    await owner.storeMessage(message('before'))
    const reading = await temporaryDatabase({ readOnly: true }, path)
    const live = reading.subscribe()
    while (live.cursor === undefined) await reading.countMessages()
    await owner.storeMessage(message('m1'))
    expect((await takeChanges(live, 1)).map(brief)).toEqual(['messageStored m1'])
    await owner.updateMessage({ messageId: 'm1', content: 'changed' })
    expect((await takeChanges(live, 1)).map(brief)).toEqual(['messageUpdated m1'])
    await live.return()
  })
})

describe('a thousand subscribers', () => {
  it('share one reading of the file, and each is told its own', async () => {
    const db = await temporaryDatabase()
    const channels = Array.from({ length: 100 }, (_, n) => `c${n}`)
    const ofChannels = channels.flatMap((channelId) =>
      Array.from({ length: 9 }, () => ({ channelId, live: db.subscribe({ channelId }) })),
    )
    const ofAll = Array.from({ length: 100 }, () => db.subscribe())
    expect((await db.stats()).subscribers).toBe(1_000)
    const { finishedOperations: before } = (await db.stats()).read
    const rows = channels.flatMap((channelId) =>
      idsFrom(0, 20).map((id) => message(`${channelId}-${id}`, { channelId })),
    )
    await db.addMessages(rows)
    const all = await Promise.all(ofAll.map((live) => takeChanges(live, rows.length)))
    const own = await Promise.all(ofChannels.map(({ live }) => takeChanges(live, 20)))
    for (const changes of all) expect(changes).toEqual(all[0])
    expect(all[0]?.map(brief)).toEqual(storedOf(rows.map(({ messageId }) => messageId)))
    for (const [index, { channelId }] of ofChannels.entries()) {
      expect(own[index]?.map(brief)).toEqual(storedOf(idsFrom(0, 20).map((id) => `${channelId}-${id}`)))
    }
    // A few pages, an empty one now and then; by themselves they would be thousands.
    expect((await db.stats()).read.finishedOperations - before).toBeLessThan(500)
    await Promise.all([...ofAll, ...ofChannels.map(({ live }) => live)].map((live) => live.return()))
    expect((await db.stats()).subscribers).toBe(0)
  })
})

describe('a commit that the writer did not come to tell of', () => {
  it('is told by the one after it, and by a look at the file now and then', async () => {
    const path = await newPath()
    const db = await temporaryDatabase({}, path)
    await db.storeMessage(message('1'))
    await using live = db.subscribe()
    const other = new Database(path)
    other.exec(`UPDATE channels SET name = 'by another program'`)
    other.close()
    expect((await takeChanges(live, 1)).map(brief)).toEqual(['channelUpdated general'])
  })
})
