import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase, verifyDatabase } from 'convodb'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/databases.js'
import { start } from '../support/owner-processes.js'
import { nextWarning } from '../support/warnings.js'

const stores = 30

/** A database whose owner was killed after so many acknowledged calls, all of them in the log. */
async function killedOwner(): Promise<string> {
  const path = join(await temporaryFolder(), 'chat.db')
  const owner = start(path)
  expect(await owner.says()).toMatchObject({ opened: owner.pid })
  for (let n = 0; n < stores; n += 1) expect(await owner.store(`m${n}`)).toEqual({ outcome: 'inserted' })
  await owner.kill()
  return path
}

/** Turns one bit of the log around, at some part of its length. */
async function flipBit(path: string, part: number): Promise<void> {
  const log = await readFile(`${path}-wal`)
  const at = Math.floor(log.length * part)
  log.writeUInt8(log.readUInt8(at) ^ 1, at)
  await writeFile(`${path}-wal`, log)
}

async function openAndCount(path: string) {
  const db = await openDatabase(path, { scrubRowsPerSecond: 0 })
  const { lostCommits, rows } = await db.stats()
  await db.close()
  return { lostCommits, messages: rows.messages }
}

describe('acknowledged commits that are missing in the log', () => {
  it.each([0.05, 0.3, 0.9])(
    'are told of at opening, with their number: one bit flipped at %d',
    async (part) => {
      const path = await killedOwner()
      await flipBit(path, part)
      const { problems } = await verifyDatabase(path)
      const warning = nextWarning('CONVODB_LOST_COMMITS')
      const { lostCommits, messages } = await openAndCount(path)
      // Every call was a commit of its own.
      expect(messages).toBeLessThan(stores)
      expect(lostCommits).toBe(stores - messages)
      expect(String(await warning)).toContain(`${lostCommits} commits`)
      expect(problems.map(({ message }) => message).join()).toContain(`${lostCommits} commits`)
      // Once told they are told no more.
      expect(await openAndCount(path)).toEqual({ lostCommits: 0, messages })
    },
  )

  it('are told of where the log is gone, too', async () => {
    const path = await killedOwner()
    await writeFile(`${path}-wal`, '')
    const { lostCommits, messages } = await openAndCount(path)
    expect([lostCommits, messages]).toEqual([stores, 0])
  })

  it('are none after a kill alone, nor in a file that was put in its place', async () => {
    const path = await killedOwner()
    expect(await openAndCount(path)).toEqual({ lostCommits: 0, messages: stores })
    const other = await killedOwner()
    await writeFile(other, await readFile(path))
    await writeFile(`${other}-wal`, '')
    expect(await openAndCount(other)).toEqual({ lostCommits: 0, messages: stores })
  })
})
