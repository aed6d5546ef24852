import { readdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase } from 'convodb'
import { describe, expect, it } from 'vitest'
import { expectError, message, temporaryDatabase, temporaryFolder } from '../support/databases.js'

describe('a symbolic link', () => {
  it('to a database is followed: the database is where it was, with nothing beside the link', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, 'real', 'chat.db')
    await (await openDatabase(path)).close()
    await symlink('real/chat.db', join(folder, 'name.db'))
    const db = await temporaryDatabase({ readers: 1 }, join(folder, 'name.db'))
    await db.storeMessage(message('1'))
    expect(await db.stats()).toMatchObject({ path, rows: { messages: 1 } })
    expect((await db.stats()).walBytes).toBeGreaterThan(0)
    expect((await readdir(folder)).toSorted()).toEqual(['name.db', 'real'])
  })

  it('to nothing is refused: who knows where the file would be made', async () => {
    const folder = await temporaryFolder()
    await symlink('none.db', join(folder, 'name.db'))
    await expectError(openDatabase(join(folder, 'name.db')), 'CANNOT_OPEN')
    expect(await readdir(folder)).toEqual(['name.db'])
  })

  it('that is turned to another database while it is open changes nothing', async () => {
    const folder = await temporaryFolder()
    const [one, two, name] = ['one.db', 'two.db', 'name.db'].map((file) => join(folder, file))
    await (await openDatabase(String(two))).close()
    const db = await temporaryDatabase({ readers: 1 }, one)
    await symlink(String(one), String(name))
    await db.close()
    const linked = await temporaryDatabase({ readers: 1 }, name)
    await rm(String(name))
    await symlink(String(two), String(name))
    await linked.storeMessage(message('1'))
    await linked.close()
    expect(await (await temporaryDatabase({ readers: 1 }, one)).countMessages()).toBe(1)
    expect(await (await temporaryDatabase({ readers: 1 }, two)).countMessages()).toBe(0)
  })
})
