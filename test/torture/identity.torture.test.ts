import { link, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase } from 'convodb'
import { describe, expect, it } from 'vitest'
import { expectError, temporaryFolder } from '../support/databases.js'
import { expectUnharmed, owned, start } from '../support/owner-processes.js'

describe('one file has one owner: the second is refused', () => {
  it.each([
    ['the lock', ['-lock']],
    ['the pid', ['-owner']],
    ['the lock and the pid', ['-lock', '-owner']],
  ])('after %s was removed, and is told by whom', async (_, removed) => {
    const { folder, path, owner, pid } = await owned()
    for (let round = 0; round < 2; round += 1) {
      for (const suffix of removed) await rm(`${path}${suffix}`)
      await expectError(openDatabase(path), 'LOCKED', { path, pid })
    }
    // The owner has put back what was taken.
    await expectError(openDatabase(path), 'LOCKED', { path, pid })
    expect(Number.parseInt(await readFile(`${path}-owner`, 'utf8'), 10)).toBe(pid)
    await expectUnharmed(path, owner)
    expect(await readdir(folder)).toContain('chat.db')
  })

  it('after another file was put in the place of the lock', async () => {
    const { path, owner, pid } = await owned()
    await writeFile(`${path}-new`, '')
    await rename(`${path}-new`, `${path}-lock`)
    await expect.poll(async () => codeOf(openDatabase(path)), { timeout: 20_000 }).toBe('LOCKED')
    await expectError(openDatabase(path), 'LOCKED', { path, pid })
    await expectUnharmed(path, owner)
  })

  it('of several that start when the lock was removed: all of them', async () => {
    const { path, owner, pid } = await owned()
    await rm(`${path}-lock`)
    const others = Array.from({ length: 4 }, () => start(path))
    const answers = await Promise.all(others.map((other) => other.says()))
    expect(answers.map(({ code }) => code)).toEqual(others.map(() => 'LOCKED'))
    await expectError(openDatabase(path), 'LOCKED', { path, pid })
    await expectUnharmed(path, owner)
  })

  it('of several that start at once by different names: one wins', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, 'chat.db')
    await (await openDatabase(path)).close()
    await symlink(path, join(folder, 'name.db'))
    await symlink(folder, join(folder, 'itself'))
    const names = [path, join(folder, 'name.db'), join(folder, 'itself', 'chat.db')]
    const starting = [...names, ...names].map((name) => start(name))
    const answers = await Promise.all(starting.map((each) => each.says()))
    const winners = answers.filter(({ opened }) => opened !== undefined)
    expect(winners).toHaveLength(1)
    const losers = answers.filter(({ code }) => code === 'LOCKED')
    expect(losers.map(({ pid }) => pid)).toEqual(Array.from({ length: 5 }, () => winners[0]?.opened))
  })

  it('of several that start at once by two hard links: all', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, 'chat.db')
    await (await openDatabase(path)).close()
    await link(path, join(folder, 'name.db'))
    const names = [path, join(folder, 'name.db')]
    const starting = [...names, ...names].map((name) => start(name))
    const answers = await Promise.all(starting.map((each) => each.says()))
    expect(answers.map(({ code }) => code)).toEqual(names.flatMap(() => ['CANNOT_OPEN', 'CANNOT_OPEN']))
  })
})

const codeOf = (call: Promise<{ close(): Promise<void> }>): Promise<unknown> =>
  call.then(
    async (db) => (await db.close(), 'opened'),
    (error: unknown) => Object(error).code,
  )
