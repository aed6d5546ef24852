import { execFile, execFileSync } from 'node:child_process'
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import Database from 'better-sqlite3'
import { backupDatabase, openDatabase, restoreDatabase, verifyDatabase } from 'convodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { message, temporaryDatabase, temporaryFolder } from '../support/databases.js'

const one = { readers: 1 }

/** Every way in which a path is given to us; each has a good database beside it. */
const doors = {
  openDatabase: async (path: string) => (await openDatabase(path, one)).close(),
  'openDatabase, create: false': async (path: string) =>
    (await openDatabase(path, { create: false, ...one })).close(),
  'openDatabase, readOnly': async (path: string) =>
    (await openDatabase(path, { readOnly: true, ...one })).close(),
  verifyDatabase: (path: string) => verifyDatabase(path),
  'backupDatabase from': (path: string, good: string) => backupDatabase(path, `${good}.copy`),
  'backupDatabase to': (path: string, good: string) => backupDatabase(good, path),
  'restoreDatabase from': (path: string, good: string) => restoreDatabase(path, `${good}.copy`),
  'restoreDatabase to': (path: string, good: string) => restoreDatabase(good, path),
}
type Door = keyof typeof doors
type Place = readonly [what: string, name: string, make: Make, doors: readonly Door[], code: string]
const allDoors = Object.keys(doors) as Door[]
const intoPlace: readonly Door[] = ['backupDatabase to', 'restoreDatabase to']
const outOf = allDoors.filter((door) => !intoPlace.includes(door))

/** A way to make something of that name; what is there then must stay as it was. */
type Make = (path: string) => Promise<unknown> | undefined

/** A closed database of one message. */
let template: string
beforeAll(async () => {
  template = join(await mkdtemp(join(tmpdir(), 'convodb-test-')), 'good.db')
  const db = await openDatabase(template)
  await db.storeMessage(message('1'))
  await db.close()
})
afterAll(() => rm(dirname(template), { recursive: true }))

async function makeWithVersion(path: string, version: number): Promise<void> {
  await copyFile(template, path)
  const database = new Database(path)
  database.exec(`PRAGMA user_version = ${version}`)
  database.close()
}

const nothing: Make = () => undefined
const longName = 'n'.repeat(300)
/** Long enough for a file, and not for those beside it. */
const nearlyLongName = 'n'.repeat(252)

const places: readonly Place[] = [
  ['a folder', 'here', (path) => mkdir(path), allDoors, 'CANNOT_OPEN'],
  ['a pipe', 'here', async (path) => execFileSync('mkfifo', [path]), allDoors, 'CANNOT_OPEN'],
  ['a device', '/dev/null', nothing, allDoors, 'CANNOT_OPEN'],
  ['a name too long for a file', longName, nothing, allDoors, 'CANNOT_OPEN'],
  [
    'a name too long for the files beside it',
    nearlyLongName,
    nothing,
    ['openDatabase', ...intoPlace],
    'CANNOT_OPEN',
  ],
  ['a name below a file', 'good.db/here', nothing, ['openDatabase', ...intoPlace], 'CANNOT_OPEN'],
  [
    'a name below a file below a folder',
    'good.db/a/here',
    nothing,
    ['openDatabase', ...intoPlace],
    'CANNOT_OPEN',
  ],
  [
    'a folder that can not be made',
    '/proc/none/here',
    nothing,
    ['openDatabase', ...intoPlace],
    'CANNOT_OPEN',
  ],
  [
    'folders that can not be made',
    '/proc/none/a/b/here',
    nothing,
    ['openDatabase', ...intoPlace],
    'CANNOT_OPEN',
  ],
  ['one byte', 'here', (path) => writeFile(path, 'x'), outOf, 'NOT_A_CONVODB_FILE'],
  ['two bytes', 'here', (path) => writeFile(path, 'xy'), outOf, 'NOT_A_CONVODB_FILE'],
  [
    'the log of a database',
    'good.db-wal',
    (path) => writeFile(path, ''),
    ['openDatabase', ...intoPlace],
    'INVALID_ARGUMENT',
  ],
  ['the lock of a database', 'good.db-lock', nothing, ['openDatabase', ...intoPlace], 'INVALID_ARGUMENT'],
  ...[0, -1, -(2 ** 31)].map(
    (version) =>
      [
        `our file of version ${version}`,
        'here',
        (path: string) => makeWithVersion(path, version),
        outOf.filter((door) => door !== 'verifyDatabase'),
        'CORRUPT',
      ] as const,
  ),
]

async function contents(folder: string): Promise<Record<string, string>> {
  const files = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile())
  const texts = files.map(async ({ name }) => [name, await readFile(join(folder, name), 'latin1')] as const)
  return Object.fromEntries(await Promise.all(texts))
}

/** SQLite's own, which a connection that only reads makes and can not remove. */
const isIndexOrLog = (name: string): boolean => /-(shm|wal)$/.test(name)

describe('what can not be a database', () => {
  it.each(places)(
    'is refused through every door, soon, and left as it was with nothing beside it: %s',
    async (_, name, make, through, code) => {
      const folder = await temporaryFolder()
      const good = join(folder, 'good.db')
      await copyFile(template, good)
      const path = name.startsWith('/') ? name : join(folder, name)
      await make(path)
      const before = await contents(folder)
      for (const door of through) {
        await expect(doors[door](path, good), door).rejects.toMatchObject({ name: 'ConvoDbError', code })
        const after = Object.entries(await contents(folder)).filter(
          ([file]) => file in before || !isIndexOrLog(file),
        )
        expect(Object.fromEntries(after), door).toEqual(before)
      }
    },
  )
})

describe('our file of a version that no ConvoDB has', () => {
  it('is damaged, says verifyDatabase', async () => {
    const path = join(await temporaryFolder(), 'chat.db')
    await makeWithVersion(path, 0)
    const { isOk, problems } = await verifyDatabase(path)
    expect(isOk).toBe(false)
    expect(problems).toEqual([{ check: 'file', message: expect.stringContaining('version 0') }])
  })
})

describe('a pipe in the place of a file beside the database', () => {
  it.each(['-owner', '-lock', '-wal', '-shm', '-journal'])(
    'is refused and keeps nobody waiting: %s',
    async (end) => {
      const path = join(await temporaryFolder(), 'chat.db')
      await (await openDatabase(path)).close()
      execFileSync('mkfifo', [`${path}${end}`])
      const code = 'CANNOT_OPEN'
      await expect(openDatabase(path)).rejects.toMatchObject({ code, details: { path: `${path}${end}` } })
    },
  )

  it('keeps nobody waiting who asks for the owner either', async () => {
    const path = join(await temporaryFolder(), 'chat.db')
    await temporaryDatabase({ readers: 1 }, path)
    execFileSync('sh', ['-c', 'mkfifo "$1.pipe" && mv -f "$1.pipe" "$1"', 'sh', `${path}-owner`])
    await expect(openDatabase(path)).rejects.toMatchObject({
      code: expect.stringMatching(/LOCKED|CANNOT_OPEN/),
    })
  })
})

const isRoot = process.getuid?.() === 0

/** Runs a program as a user to whom modes mean something, in a folder of that user's, which `db` is in. */
async function runAsOther(body: string): Promise<string> {
  const folder = await temporaryFolder()
  await chmod(folder, 0o777)
  const program = `
    import { chmodSync } from 'node:fs'
    import { backupDatabase, openDatabase, restoreDatabase } from 'convodb'
    process.setgid(65534)
    process.setuid(65534)
    const folder = process.argv[1] + '/folder'
    const path = folder + '/chat.db'
    const codeOf = (call) => call.then((db) => db?.close?.(), (error) => error.code).then((code) => code ?? 'ok')
    const db = await openDatabase(path)
    await db.storeMessage(${JSON.stringify(message('1'))})
    ${body}`
  const args = ['--input-type=module', '-e', program, folder]
  return (await promisify(execFile)(process.execPath, args)).stdout
}

describe.runIf(isRoot)('what a user may only read', () => {
  it('a folder that was made so keeps close from removing what is beside the database, and from nothing else', async () => {
    const output = await runAsOther(`
      chmodSync(folder, 0o500)
      console.log(await codeOf(db.close()))
      chmodSync(folder, 0o700)
      const again = await openDatabase(path)
      console.log(await again.countMessages())
      await again.close()`)
    expect(output).toBe('ok\n1\n')
  })

  it('a database is refused for writing, and not for reading, with or without a log; a backup of it can be replaced', async () => {
    const output = await runAsOther(`
      await db.backup(folder + '/backup.db')
      await db.close()
      chmodSync(path, 0o400)
      chmodSync(folder + '/backup.db', 0o400)
      console.log(
        await codeOf(openDatabase(path)),
        await codeOf(openDatabase(path, { readOnly: true })),
        await codeOf(openDatabase(folder + '/backup.db')),
        await codeOf(openDatabase(folder + '/backup.db', { readOnly: true })),
        await codeOf(backupDatabase(path, folder + '/backup.db', { overwrite: true })),
      )`)
    expect(output).toBe('CANNOT_OPEN ok CANNOT_OPEN ok ok\n')
  })

  it('a folder is refused for writing and for what is written into it', async () => {
    const output = await runAsOther(`
      await db.close()
      chmodSync(folder, 0o500)
      console.log(
        await codeOf(openDatabase(path)),
        await codeOf(backupDatabase(path, folder + '/backup.db')),
        await codeOf(restoreDatabase(path, folder + '/restored.db')),
      )
      chmodSync(folder, 0o000)
      console.log(await codeOf(openDatabase(path)), await codeOf(openDatabase(path, { readOnly: true })))`)
    expect(output).toBe('CANNOT_OPEN CANNOT_OPEN CANNOT_OPEN\nCANNOT_OPEN CANNOT_OPEN\n')
  })
})
