import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase } from 'convodb'
import { describe, expect, it } from 'vitest'
import { expectError, message, temporaryDatabase, temporaryFolder } from '../support/databases.js'
import { expectOneWinner, firstLine, startOwner } from '../support/owners.js'

describe('two processes on one file', () => {
  it('the second is refused with LOCKED and the pid of the first, and may read; kill -9 frees the file at once', async () => {
    const path = join(await temporaryFolder(), 'chat.db')
    const owner = startOwner(path)
    const { pid } = await firstLine(owner)
    await expectError(openDatabase(path), 'LOCKED', { path, pid })
    const reading = await openDatabase(path, { readOnly: true })
    expect(await reading.getMessagesByIds([`from ${pid}`])).toHaveLength(1)
    await reading.close()
    const ended = once(owner, 'close')
    owner.kill('SIGKILL')
    await ended
    const db = await temporaryDatabase({ readers: 1 }, path)
    expect(await db.countMessages()).toBe(1)
  })

  it('of several simultaneous starts one wins, and all others name it', async () => {
    await expectOneWinner(join(await temporaryFolder(), 'chat.db'), 6)
  })

  it('in one process the second call is refused likewise, and not after the first has closed', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, 'chat.db')
    const all = await Promise.allSettled(Array.from({ length: 6 }, () => openDatabase(path)))
    const opened = all.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    expect(opened).toHaveLength(1)
    await expectError(openDatabase(path), 'LOCKED', { pid: process.pid })
    await opened[0]?.close()
    expect(await readdir(folder)).toEqual(['chat.db'])
    const again = await temporaryDatabase({ readers: 1 }, path)
    expect(await again.countMessages()).toBe(0)
  })
})

describe('readOnly', () => {
  it('refuses every way of writing with READ_ONLY, and answers every read', async () => {
    const path = join(await temporaryFolder(), 'chat.db')
    const owner = await temporaryDatabase({ readers: 1 }, path)
    await owner.storeMessage(message('1'))
    const db = await temporaryDatabase({ readOnly: true }, path)
    await expectError(db.storeMessage(message('2')), 'READ_ONLY', { path })
    await expectError(db.checkpoint(), 'READ_ONLY')
    await expectError(
      db.withConnection(() => 1, { mode: 'write' }),
      'READ_ONLY',
    )
    expect(() => db.createPort()).toThrow(expect.objectContaining({ code: 'READ_ONLY' }))
    await owner.storeMessage(message('2'))
    expect((await db.getMessages({ channelId: 'general' })).items).toHaveLength(2)
    expect(await db.getChannel('general')).toMatchObject({ messageCount: 2 })
    const count = `SELECT count(*) AS count FROM messages`
    expect(await db.withConnection((connection) => connection.get(count))).toEqual({ count: 2 })
    expect((await db.stats()).rows.messages).toBe(2)
  })

  it('creates nothing', async () => {
    const folder = await temporaryFolder()
    await expectError(openDatabase(join(folder, 'none.db'), { readOnly: true }), 'NOT_FOUND')
    expect(await readdir(folder)).toEqual([])
  })
})
