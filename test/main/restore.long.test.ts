import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { backupDatabase, openDatabase, restoreDatabase } from 'convodb'
import { describe, expect, it } from 'vitest'
import { expectError, message, temporaryDatabase, temporaryFolder } from '../support/databases.js'
import { countIn } from '../support/stored-rows.js'

describe('restoreDatabase', () => {
  const others: Database.Database[] = []

  /** A database of one message, and a backup of two. */
  async function prepare() {
    const folder = await temporaryFolder()
    const [path, backup] = [join(folder, 'chat.db'), join(folder, 'backup.db')]
    const db = await openDatabase(path)
    await db.addMessages([message('1'), message('2')])
    await db.backup(backup)
    await db.deleteMessages(['2'])
    await db.close()
    return { folder, path, backup }
  }

  it('is of files, as every backup: the URL of a PostgreSQL database becomes no folder', async () => {
    const { path, backup } = await prepare()
    const url = 'postgres://app:secret@db/chat'
    await using db = await openDatabase(path)
    await expectError(restoreDatabase(backup, url), 'INVALID_ARGUMENT', { field: 'path' })
    await expectError(restoreDatabase(url, path), 'INVALID_ARGUMENT', { field: 'backupPath' })
    await expectError(backupDatabase(url, backup), 'INVALID_ARGUMENT', { field: 'path' })
    await expectError(backupDatabase(path, url), 'INVALID_ARGUMENT', { field: 'backupPath' })
    await expectError(db.backup(url), 'INVALID_ARGUMENT', { field: 'path' })
  })

  it('puts the backup in the place of the database, when told to', async () => {
    const { folder, path, backup } = await prepare()
    await expectError(restoreDatabase(backup, path), 'ALREADY_EXISTS')
    expect(await countIn(path)).toBe(1)
    await restoreDatabase(backup, path, { overwrite: true })
    expect(await countIn(path)).toBe(2)
    await restoreDatabase(backup, join(folder, 'new', 'chat.db'))
    const db = await temporaryDatabase({ readers: 1 }, join(folder, 'new', 'chat.db'))
    expect(await db.storeMessage(message('3'))).toMatchObject({ outcome: 'inserted' })
    expect(await db.countMessages()).toBe(3)
  })

  it('refuses a damaged backup, and leaves the database as it was', async () => {
    const { folder, path, backup } = await prepare()
    const bytes = await readFile(backup)
    bytes.write('HELLO', bytes.indexOf('hello'))
    const damaged = join(folder, 'damaged.db')
    await writeFile(damaged, bytes)
    await expectError(restoreDatabase(damaged, path, { overwrite: true }), 'CORRUPT')
    await writeFile(damaged, 'no database at all')
    await expectError(restoreDatabase(damaged, path, { overwrite: true }), 'NOT_A_CONVODB_FILE')
    await expectError(restoreDatabase(join(folder, 'none.db'), path, { overwrite: true }), 'NOT_FOUND')
    expect(await countIn(path)).toBe(1)
  })

  it('refuses while a process has the database open', async () => {
    const { path, backup } = await prepare()
    await temporaryDatabase({ readers: 1 }, path)
    await expectError(restoreDatabase(backup, path, { overwrite: true }), 'LOCKED', { pid: process.pid })
  })

  it.each([
    [
      'reads it',
      async (path: string) => void (await temporaryDatabase({ readOnly: true }, path)).countMessages(),
    ],
    [
      'has it open with another program',
      async (path: string) => {
        const other = new Database(path)
        others.push(other)
        other.exec('BEGIN; SELECT count(*) FROM messages')
      },
    ],
  ])('refuses with BUSY while a process %s, and the database stays', async (_, use) => {
    const { path, backup } = await prepare()
    await use(path)
    await expectError(restoreDatabase(backup, path, { overwrite: true }), 'BUSY', { path })
    for (const other of others.splice(0)) other.close()
    expect(await countIn(path)).toBe(1)
  })

  it('takes away the log of the database it replaces: none of it comes back', async () => {
    const { folder, path, backup } = await prepare()
    // What a killed process leaves: a file and a log with a message that the file does not have.
    const [left, live] = [join(folder, 'left'), join(folder, 'live', 'chat.db')]
    await mkdir(left)
    const db = await openDatabase(live)
    await db.storeMessage(message('from the log'))
    for (const end of ['', '-wal']) await copyFile(`${live}${end}`, join(left, `chat.db${end}`))
    await db.close()
    await restoreDatabase(backup, join(left, 'chat.db'), { overwrite: true })
    expect(await readdir(left)).toEqual(['chat.db'])
    const restored = await temporaryDatabase({ readers: 1 }, join(left, 'chat.db'))
    expect(await restored.getMessagesByIds(['1', '2', 'from the log'])).toHaveLength(2)
    expect(await countIn(path)).toBe(1)
  })
})
