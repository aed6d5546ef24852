import { execFileSync } from 'node:child_process'
import { link, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { backupDatabase, openDatabase, verifyDatabase } from 'convodb'
import { describe, expect, it } from 'vitest'
import { expectError, message, temporaryDatabase, temporaryFolder } from '../support/databases.js'
import { expectUnharmed, owned } from '../support/owner-processes.js'

const canMount = ((): boolean => {
  try {
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

describe('one file has one owner: the second is refused', () => {
  it('by symbolic links of every kind: to the file, relative, to a link, to its folder, and by a name through it that goes up again', async () => {
    const { folder, path, owner, pid } = await owned()
    const other = join(await temporaryFolder(), 'folder')
    await symlink(path, join(folder, 'absolute.db'))
    await symlink('chat.db', join(folder, 'relative.db'))
    await symlink('relative.db', join(folder, 'twice.db'))
    await symlink(folder, other)
    await mkdir(join(folder, 'below'))
    const before = await readdir(folder)
    const links = ['absolute.db', 'relative.db', 'twice.db'].map((name) => join(folder, name))
    for (const name of [...links, join(other, 'chat.db'), `${other}/below/../chat.db`]) {
      await expectError(openDatabase(name), 'LOCKED', { path, pid })
    }
    expect(await readdir(folder)).toEqual(before)
    await expectUnharmed(path, owner)
  })

  it('by a hard link, for reading, too: what is read through it would be wrong', async () => {
    const { folder, path, owner } = await owned()
    const name = join(folder, 'name.db')
    await link(path, name)
    await expectError(openDatabase(name), 'CANNOT_OPEN', { path: name, names: 2 })
    await expectError(openDatabase(name, { readOnly: true }), 'CANNOT_OPEN', { path: name, names: 2 })
    // Who has it open goes on.
    expect(await owner.store('second')).toEqual({ outcome: 'inserted' })
    expect((await readdir(folder)).filter((file) => file.startsWith('name.db'))).toEqual(['name.db'])
    await rm(name)
    await expectUnharmed(path, owner)
  })

  it.each([
    ['a line feed', '\n'],
    ['a space', ' '],
    ['a space that is none of ASCII', '\u00A0'],
  ])('by its name and %s, as which SQLite would open the same file', async (_, space) => {
    const { folder, path, owner } = await owned()
    const name = `${path}${space}`
    await symlink(name, join(folder, 'link.db'))
    await expectError(openDatabase(name), 'CANNOT_OPEN', { path: name })
    await expectError(openDatabase(name, { readOnly: true }), 'CANNOT_OPEN', { path: name })
    await expectError(verifyDatabase(name), 'CANNOT_OPEN', { path: name })
    await expectError(backupDatabase(path, name), 'CANNOT_OPEN', { path: name })
    await writeFile(name, '')
    await expectError(openDatabase(join(folder, 'link.db')), 'CANNOT_OPEN', { path: name })
    await expectUnharmed(path, owner)
  })

  it('by the name to which it was moved, every time', async () => {
    const { folder, path, owner } = await owned()
    const name = join(folder, 'moved.db')
    await rename(path, name)
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await expectError(openDatabase(name, { busyTimeoutMs: 100 }), 'BUSY', { path: name })
      expect((await readdir(folder)).filter((file) => file.startsWith('moved.db'))).toEqual(['moved.db'])
    }
    await rename(name, path)
    await expectUnharmed(path, owner)
  })

  it.runIf(canMount)('by the name in another folder at which the file alone is mounted', async () => {
    const { folder, path, owner } = await owned()
    const name = join(await temporaryFolder(), 'mounted.db')
    await writeFile(name, '')
    const program = `
      import { backupDatabase, openDatabase, verifyDatabase } from 'convodb'
      const code = await openDatabase(process.argv[1], { busyTimeoutMs: 100 }).then(() => 'opened', (error) => error.code)
      console.log(code)`
    const script = 'mount --bind "$1" "$2" && "$3" --input-type=module -e "$4" "$2"'
    const args = ['--mount', 'sh', '-c', script, 'sh', path, name, process.execPath, program]
    const output = execFileSync('unshare', args, { encoding: 'utf8' })
    expect(output).toBe('BUSY\n')
    expect(await readdir(folder)).toEqual([
      'chat.db',
      'chat.db-lock',
      'chat.db-owner',
      'chat.db-shm',
      'chat.db-wal',
    ])
    await expectUnharmed(path, owner)
  })

  it('in one process, too', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, 'chat.db')
    const db = await temporaryDatabase({ readers: 1 }, path)
    await symlink(path, join(folder, 'name.db'))
    await expectError(openDatabase(join(folder, 'name.db')), 'LOCKED', { path, pid: process.pid })
    await rm(`${path}-lock`)
    await expectError(openDatabase(path), 'LOCKED', { path, pid: process.pid })
    await rename(path, join(folder, 'moved.db'))
    await expectError(openDatabase(join(folder, 'moved.db'), { busyTimeoutMs: 100 }), 'BUSY')
    await rename(join(folder, 'moved.db'), path)
    expect(await db.storeMessage(message('1'))).toMatchObject({ outcome: 'inserted' })
  })
})
