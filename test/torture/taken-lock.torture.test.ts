import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { openDatabase, verifyDatabase } from 'convodb'
import { describe, expect, it } from 'vitest'
import { expectError, message, temporaryDatabase, temporaryFolder } from '../support/databases.js'
import { expectUnharmed, owned, start } from '../support/owner-processes.js'

describe('an owner that stands still while its lock is removed', () => {
  it('is told by its next write that another process has the file, and loses nothing', async () => {
    const { path, owner } = await owned()
    owner.signal('SIGSTOP')
    await rm(`${path}-lock`)
    const second = start(path)
    expect(await second.says()).toEqual({ opened: second.pid })
    expect(await second.store('second')).toEqual({ outcome: 'inserted' })
    owner.signal('SIGCONT')
    expect(await owner.store('refused')).toEqual({ code: 'LOCKED', pid: second.pid })
    expect(await owner.store('refused')).toEqual({ code: 'LOCKED', pid: second.pid })
    expect(await second.store('third')).toEqual({ outcome: 'inserted' })
    expect(await owner.end()).toEqual({ closed: true })
    // What it leaves behind is the second one's.
    await expectError(openDatabase(path), 'LOCKED', { pid: second.pid })
    expect(await second.end()).toEqual({ closed: true })
    const db = await temporaryDatabase({ readers: 1 }, path)
    expect(await db.getMessagesByIds(['first', 'second', 'refused', 'third'])).toHaveLength(3)
    expect(await verifyDatabase(path)).toMatchObject({ isOk: true })
  })

  it('has the file again when the other one has closed it', async () => {
    const { path, owner, pid } = await owned()
    owner.signal('SIGSTOP')
    await rm(`${path}-lock`)
    const second = start(path)
    expect(await second.says()).toEqual({ opened: second.pid })
    owner.signal('SIGCONT')
    expect(await owner.store('refused')).toEqual({ code: 'LOCKED', pid: second.pid })
    expect(await second.store('second')).toEqual({ outcome: 'inserted' })
    expect(await second.end()).toEqual({ closed: true })
    await expect.poll(() => owner.store('again'), { timeout: 20_000 }).toEqual({ outcome: 'inserted' })
    await expectError(openDatabase(path), 'LOCKED', { pid })
    await expectUnharmed(path, owner)
  })
})

describe('readers are no owners', () => {
  it('a database opens beside them, though there is no lock', async () => {
    const path = join(await temporaryFolder(), 'chat.db')
    await (await openDatabase(path)).close()
    await temporaryDatabase({ readOnly: true }, path)
    expect(existsSync(`${path}-lock`)).toBe(false)
    const db = await temporaryDatabase({ readers: 1 }, path)
    expect(await db.storeMessage(message('1'))).toMatchObject({ outcome: 'inserted' })
  })

  it('an owner that closes beside them leaves its lock, so that the next one need not look who they are', async () => {
    const path = join(await temporaryFolder(), 'chat.db')
    const first = await openDatabase(path)
    const reading = await openDatabase(path, { readOnly: true })
    await first.close()
    expect((await readdir(dirname(path))).toSorted()).toEqual([
      'chat.db',
      'chat.db-lock',
      'chat.db-shm',
      'chat.db-wal',
    ])
    const second = await openDatabase(path)
    await second.storeMessage(message('1'))
    expect(await reading.countMessages()).toBe(1)
    await reading.close()
    await second.close()
    expect(await readdir(dirname(path))).toEqual(['chat.db'])
  })
})
