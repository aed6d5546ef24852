import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { link, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { backupDatabase, openDatabase, verifyDatabase, type DatabaseManager } from 'convodb'
import { describe, expect, it } from 'vitest'
import { expectError, message, temporaryDatabase, temporaryFolder } from '../support/databases.js'
import { countIn, rows } from '../support/stored-rows.js'

/** Writes until it is told to stop, and counts what was acknowledged. */
function writeUnderLoad(db: DatabaseManager) {
  const load = { acknowledged: 0, isOver: false }
  const write = async (): Promise<void> => {
    for (let batch = 0; !load.isOver; batch += 1) {
      await db.addMessages(rows(batch * 500, 500))
      load.acknowledged = (batch + 1) * 500
    }
  }
  const done = write()
  return { load, end: () => ((load.isOver = true), done) }
}

describe('backup', () => {
  it('holds everything acknowledged before the call, is whole, and keeps no write waiting', async () => {
    const folder = await temporaryFolder()
    const db = await temporaryDatabase({ readers: 1 }, join(folder, 'chat.db'))
    const { load, end } = writeUnderLoad(db)
    while (load.acknowledged < 20_000) await db.countMessages()
    const before = load.acknowledged
    const steps = new Set<string>()
    const path = join(folder, 'backups', 'monday.db')
    const report = await db.backup(path, { onProgress: ({ step }) => steps.add(step) })
    expect(load.acknowledged).toBeGreaterThan(before)
    await end()
    expect([...steps]).toEqual(['copy', 'verify'])
    expect(report).toMatchObject({ path, fileBytes: (await stat(path)).size })
    expect(await verifyDatabase(path)).toMatchObject({ isOk: true, checkedRows: report.checkedRows })
    const count = await countIn(path)
    expect(count).toBeGreaterThanOrEqual(before)
    expect(count % 500).toBe(0)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await readdir(folder)).filter((name) => name.includes('unfinished'))).toEqual([])
  })

  it('replaces a file only when told to, and never the database itself or one in use', async () => {
    const folder = await temporaryFolder()
    const [path, other, taken] = ['chat.db', 'other.db', 'taken.db'].map((name) => join(folder, name))
    const db = await temporaryDatabase({ readers: 1 }, path)
    await db.storeMessage(message('1'))
    await writeFile(String(taken), 'precious')
    await expectError(db.backup(String(taken)), 'ALREADY_EXISTS')
    expect(await readFile(String(taken), 'utf8')).toBe('precious')
    await db.backup(String(taken), { overwrite: true })
    expect(await countIn(String(taken))).toBe(1)
    await expectError(db.backup(String(path), { overwrite: true }), 'INVALID_ARGUMENT', { field: 'path' })
    await temporaryDatabase({ readers: 1 }, other)
    await expectError(db.backup(String(other), { overwrite: true }), 'LOCKED', { pid: process.pid })
  })

  it('refuses every name that belongs to a database, by whatever spelling and link, and harms none', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, 'chat.db')
    const other = join(folder, 'other.db')
    const db = await temporaryDatabase({ readers: 1 }, path)
    const inUse = await temporaryDatabase({ readers: 1 }, other)
    await db.addMessages(rows(0, 10))
    await inUse.addMessages(rows(0, 10))
    await symlink(folder, join(folder, 'itself'))
    await symlink(`${path}-wal`, join(folder, 'log'))
    await link(`${path}-wal`, join(folder, 'hard link'))
    const ownNames = ['', '-wal', '-shm', '-lock', '-owner', '-journal'].flatMap((end) => [
      `${path}${end}`,
      join(folder, 'itself', `chat.db${end}`),
      `${folder}/./itself/../chat.db${end}`,
    ])
    const names = [
      ...ownNames,
      join(folder, 'log'),
      join(folder, 'hard link'),
      `${other}-wal`,
      `${other}-shm`,
    ]
    for (const name of names) {
      await expectError(db.backup(name, { overwrite: true }), 'INVALID_ARGUMENT', { field: 'path' })
    }
    const ofClosed = backupDatabase(path, `${path}-wal`, { overwrite: true })
    await expectError(ofClosed, 'INVALID_ARGUMENT', { field: 'path' })
    for (const [each, at] of [
      [db, path],
      [inUse, other],
    ] as const) {
      await each.addMessages(rows(10, 10))
      await each.close()
      expect(await verifyDatabase(at)).toMatchObject({ isOk: true })
      expect(await countIn(at)).toBe(20)
    }
  })

  it('refuses what is no file, and leaves it as it was', async () => {
    const folder = await temporaryFolder()
    const db = await temporaryDatabase({ readers: 1 }, join(folder, 'chat.db'))
    await mkdir(join(folder, 'a folder'))
    execFileSync('mkfifo', [join(folder, 'a pipe')])
    const server = createServer().listen(join(folder, 'a socket'))
    await once(server, 'listening')
    const before = await readdir(folder)
    for (const name of ['a folder', 'a pipe', 'a socket']) {
      await expectError(db.backup(join(folder, name), { overwrite: true }), 'CANNOT_OPEN')
      expect((await lstat(join(folder, name))).isFile()).toBe(false)
    }
    await expectError(db.backup('/dev/null', { overwrite: true }), 'CANNOT_OPEN')
    expect((await lstat('/dev/null')).isCharacterDevice()).toBe(true)
    expect(await readdir(folder)).toEqual(before)
    server.close()
  })

  it('removes what a copy that was killed has left, and nothing of anybody else', async () => {
    const folder = await temporaryFolder()
    const db = await temporaryDatabase({ readers: 1 })
    const path = join(folder, 'copy.db')
    const unfinished = `${path}.unfinished`
    await mkdir(unfinished)
    for (const name of ['copy.db', 'copy.db-journal', 'old-0'])
      await writeFile(join(unfinished, name), 'half')
    await db.backup(path)
    expect(await readdir(folder)).toEqual(['copy.db'])
    await mkdir(unfinished)
    await writeFile(join(unfinished, 'thesis.txt'), 'years')
    await expect(db.backup(path, { overwrite: true })).rejects.toMatchObject({
      code: 'CANNOT_OPEN',
      message: expect.stringMatching(/unfinished holds thesis\.txt, which no copy has left there/),
    })
    expect(await readFile(join(unfinished, 'thesis.txt'), 'utf8')).toBe('years')
  })

  it('goes to where a symbolic link leads, and the link stays', async () => {
    const folder = await temporaryFolder()
    const db = await temporaryDatabase({ readers: 1 }, join(folder, 'chat.db'))
    await db.addMessages(rows(0, 5))
    await writeFile(join(folder, 'real'), 'old')
    await symlink('real', join(folder, 'name'))
    const report = await db.backup(join(folder, 'name'), { overwrite: true })
    expect(report.path).toBe(join(folder, 'real'))
    expect((await lstat(join(folder, 'name'))).isSymbolicLink()).toBe(true)
    expect(await countIn(join(folder, 'real'))).toBe(5)
  })

  it('leaves nothing behind when it is aborted, or the database closes', async () => {
    const folder = await temporaryFolder()
    const db = await openDatabase(join(folder, 'chat.db'))
    await db.addMessages(rows(0, 20_000))
    const controller = new AbortController()
    const aborted = db.backup(join(folder, 'a.db'), {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    })
    await expectError(aborted, 'ABORTED')
    const closed = expectError(db.backup(join(folder, 'b.db')), 'CLOSED')
    await db.close()
    await closed
    expect(await readdir(folder)).toEqual(['chat.db'])
  })

  it('of a damaged database fails, and the backup before it stays', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, 'chat.db')
    const db = await temporaryDatabase({ readers: 1 }, path)
    await db.addMessages(rows(0, 10))
    const backup = join(folder, 'monday.db')
    await db.backup(backup)
    const other = new Database(path)
    other.exec(`UPDATE messages SET content = 'forged' WHERE message_id = 'm3'`)
    other.close()
    await expectError(db.backup(backup, { overwrite: true }), 'CORRUPT', { check: 'checksums' })
    expect(await verifyDatabase(backup)).toMatchObject({ isOk: true })
  })
})
