import { createHash } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { existsSync, readFileSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { diagnosticsChannels, openDatabase, type WorkerEndEvent, type WorkerStartEvent } from 'convodb'
import { describe, expect, it, vi } from 'vitest'
import { expectError, message, temporaryDatabase, temporaryFolder } from '../support/databases.js'

const hash = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')

/** Makes a SQLite file of another program, in WAL mode or not. */
function strangersFile(path: string, sql: string): void {
  const database = new Database(path)
  database.exec(sql)
  database.close()
}

describe('openDatabase', () => {
  it('creates the folder and the file, and finds everything again', async () => {
    const path = join(await temporaryFolder(), 'new', 'folder', 'chat.db')
    const first = await openDatabase(path)
    await first.storeMessage(message('1'))
    await first.close()
    const second = await temporaryDatabase({ readers: 1 }, path)
    expect(await second.countMessages()).toBe(1)
  })

  it('takes an empty file as a new one', async () => {
    const path = join(await temporaryFolder(), 'empty.db')
    await writeFile(path, '')
    const db = await temporaryDatabase({ readers: 1 }, path)
    expect(await db.countMessages()).toBe(0)
  })

  it('opens a private file for :memory: and removes it at close', async () => {
    const db = await openDatabase(':memory:')
    const { path } = await db.stats()
    expect(existsSync(path)).toBe(true)
    await db.close()
    expect(existsSync(join(path, '..'))).toBe(false)
  })

  it('leaves one file behind after close', async () => {
    const folder = await temporaryFolder()
    const db = await openDatabase(join(folder, 'chat.db'))
    await db.addMessages([message('1'), message('2')])
    await db.close()
    expect(await readdir(folder)).toEqual(['chat.db'])
  })

  it('does not create a missing file when told not to', async () => {
    const path = join(await temporaryFolder(), 'sub', 'missing.db')
    await expectError(openDatabase(path, { create: false }), 'NOT_FOUND', { path })
    expect(existsSync(join(path, '..'))).toBe(false)
  })

  it.each(['', 'a\0b'])('refuses the path %j', (path) =>
    expectError(openDatabase(path), 'INVALID_ARGUMENT', { field: 'path' }),
  )

  it.each([
    [{ readers: 0 }, 'readers'],
    [{ busyTimeoutMs: -1 }, 'busyTimeoutMs'],
    [{ cacheSizeKib: 1.5 }, 'cacheSizeKib'],
    [JSON.parse('{"durability":"off"}'), 'durability'],
    [JSON.parse('{"reader":2}'), 'reader'],
    // What is private and new has nothing to read.
    [{ readOnly: true }, 'readOnly'],
  ])('refuses the options %j, naming %s', (options, field) =>
    expectError(openDatabase(':memory:', options), 'INVALID_ARGUMENT', { field }),
  )

  it('refuses a folder', async () => {
    await expectError(openDatabase(await temporaryFolder()), 'CANNOT_OPEN')
  })

  it('refuses a path through a file', async () => {
    const file = join(await temporaryFolder(), 'file')
    await writeFile(file, 'text')
    await expectError(openDatabase(join(file, 'chat.db')), 'CANNOT_OPEN')
  })
})

describe('a file that is not ours', () => {
  it.each([
    ['text', 'This is no database, just a rather long text. '.repeat(100)],
    ['a few bytes', 'abc'],
    ['a spoilt header', `SQLite format 3\0${'\u0001'.repeat(5000)}`],
  ])('is refused and left byte for byte as it was: %s', async (_, content) => {
    const folder = await temporaryFolder()
    const path = join(folder, 'other.txt')
    await writeFile(path, content)
    const before = hash(path)
    await expectError(openDatabase(path), 'NOT_A_CONVODB_FILE', { path })
    expect(hash(path)).toBe(before)
    expect(await readdir(folder)).toEqual(['other.txt'])
  })

  it.each([
    ['rollback journal', 'CREATE TABLE notes (text)'],
    ['write-ahead log', 'PRAGMA journal_mode = WAL; CREATE TABLE notes (text)'],
    ['version and no tables', 'PRAGMA user_version = 1'],
    ['an id and no tables', 'PRAGMA application_id = 77'],
  ])('is refused and left byte for byte as it was: another program’s SQLite file, %s', async (_, sql) => {
    const path = join(await temporaryFolder(), 'other.db')
    strangersFile(path, sql)
    const before = hash(path)
    await expectError(openDatabase(path), 'NOT_A_CONVODB_FILE', { path })
    expect(hash(path)).toBe(before)
  })

  it('leaves no thread behind: those that were started beside the writer have ended', async () => {
    const path = join(await temporaryFolder(), 'other.txt')
    await writeFile(path, 'This is no database, just a rather long text. '.repeat(100))
    const alive = { writer: 0, reader: 0, leaseReader: 0 }
    let started = 0
    const start = (event: unknown): void => {
      const { role } = event as WorkerStartEvent
      alive[role] += 1
      started += 1
    }
    const end = (event: unknown): void => {
      alive[(event as WorkerEndEvent).role] -= 1
    }
    subscribe(diagnosticsChannels.workerStart, start)
    subscribe(diagnosticsChannels.workerEnd, end)
    try {
      await expectError(openDatabase(path, { readers: 3 }), 'NOT_A_CONVODB_FILE')
      expect(started).toBe(4)
      await vi.waitFor(() => expect(alive).toEqual({ writer: 0, reader: 0, leaseReader: 0 }))
    } finally {
      unsubscribe(diagnosticsChannels.workerStart, start)
      unsubscribe(diagnosticsChannels.workerEnd, end)
    }
  })

  it('of a newer version is refused and left byte for byte as it was', async () => {
    const path = join(await temporaryFolder(), 'newer.db')
    await (await openDatabase(path)).close()
    strangersFile(path, 'PRAGMA user_version = 999')
    const before = hash(path)
    await expectError(openDatabase(path), 'NEWER_SCHEMA', { version: 999 })
    expect(hash(path)).toBe(before)
  })
})

describe('a program that writes to the file past ConvoDB', () => {
  const insertMessage = `
    INSERT INTO messages (message_id, channel_key, user_key, content, timestamp, message_type)
    SELECT ?, channel_key, user_key, 'by hand', 3, 'message' FROM channels, users`

  it('has its rows indexed like ours, and its deletions noticed', async () => {
    const path = join(await temporaryFolder(), 'chat.db')
    const db = await temporaryDatabase({ readers: 1 }, path)
    const other = new Database(path)
    for (let round = 0; round < 5; round += 1) {
      await db.storeMessage(message(`ours ${round}`))
      other.prepare(insertMessage).run(`theirs ${round}`)
      await db.storeMessage(message(`ours again ${round}`))
      expect(await db.getChannel('general')).toMatchObject({ messageCount: 3 })
      expect((await db.getMessages({ channelId: 'general' })).items).toHaveLength(3)
      other.exec(`DELETE FROM channels`)
      expect(await db.countMessages()).toBe(0)
    }
    other.close()
  })

  it('keeps our writes waiting for busyTimeoutMs at most: then BUSY', async () => {
    const path = join(await temporaryFolder(), 'chat.db')
    const db = await temporaryDatabase({ busyTimeoutMs: 20 }, path)
    const other = new Database(path)
    other.exec('BEGIN IMMEDIATE')
    await expectError(db.storeMessage(message('1')), 'BUSY')
    other.exec('ROLLBACK')
    other.close()
    expect(await db.storeMessage(message('1'))).toMatchObject({ outcome: 'inserted' })
  })
})
