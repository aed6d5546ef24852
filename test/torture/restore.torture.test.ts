import { copyFile, readdir, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { backupDatabase, openDatabase, restoreDatabase, verifyDatabase } from 'convodb'
import { expect, it } from 'vitest'
import { message, temporaryFolder } from '../support/databases.js'
import type { RestoreTask } from './children/restore-once.js'
import { dieAtStep, prepareDisk } from './support/die-at-step.js'
import { reportFigures } from './support/figures.js'
import { openLaboratory, type Laboratory } from './support/laboratory.js'
import { describeWithShim } from './support/shim.js'

const oldIds = ['in the file', 'in the log']
const newIds = ['in the backup', 'also in the backup', 'too']

/** What a killed process leaves: a database whose last messages are in its log alone. And a backup of another one. */
async function makeFiles(): Promise<{ old: string; backup: string }> {
  const folder = await realpath(await temporaryFolder())
  const [live, old, backup] = [join(folder, 'live.db'), join(folder, 'old.db'), join(folder, 'backup.db')]
  const db = await openDatabase(live)
  await db.storeMessage(message('in the file'))
  await db.checkpoint({ mode: 'truncate' })
  await db.storeMessage(message('in the log'))
  for (const end of ['', '-wal']) await copyFile(`${live}${end}`, `${old}${end}`)
  await db.close()
  const other = await openDatabase(join(folder, 'other.db'))
  await other.addMessages(newIds.map((id) => message(id)))
  await other.backup(backup)
  await other.close()
  return { old, backup }
}

async function readIds(path: string): Promise<string[]> {
  const db = await openDatabase(path, { readOnly: true })
  try {
    const { items } = await db.getMessages({ channelId: 'general' })
    return items.map(({ messageId }) => messageId).toSorted()
  } finally {
    await db.close()
  }
}

/** Restores the backup in the place of a copy of the old database, in a process that is killed before a step. */
async function restoreAndDie(
  laboratory: Laboratory,
  { old, backup }: { old: string; backup: string },
  step: number,
): Promise<number | undefined> {
  const { databasePath: path } = laboratory
  await prepareDisk(laboratory, async () => {
    for (const end of ['', '-wal']) await copyFile(`${old}${end}`, `${path}${end}`)
  })
  const task: RestoreTask = { backup, path }
  return dieAtStep(laboratory, 'restore-once', task, step)
}

describeWithShim('a restore that is killed', () => {
  it('before each of its steps leaves the old database or the new one, whole; and the next one succeeds', async () => {
    const laboratory = await openLaboratory({ logs: false })
    const path = laboratory.databasePath
    const files = await makeFiles()
    const found = { old: 0, new: 0 }
    let steps: number | undefined
    for (let step = 1; ; step += 1) {
      steps = await restoreAndDie(laboratory, files, step)
      if (steps !== undefined) break
      expect(await verifyDatabase(path), `after step ${step}`).toMatchObject({ isOk: true })
      const ids = await readIds(path)
      const isOld = ids.length === oldIds.length
      expect(ids, `after step ${step}`).toEqual((isOld ? oldIds : newIds).toSorted())
      found[isOld ? 'old' : 'new'] += 1
      // What is left behind is in nobody's way.
      if (step % 5 === 0) {
        await restoreDatabase(files.backup, path, { overwrite: true })
        await backupDatabase(path, `${path}.backup`)
        expect((await readdir(dirname(path))).toSorted()).toEqual(['chat.db', 'chat.db.backup'])
      }
    }
    expect(await readIds(path)).toEqual(newIds.toSorted())
    reportFigures('restores killed', { steps, 'the old one': found.old, 'the new one': found.new })
    expect(found.old).toBeGreaterThan(0)
    expect(found.new).toBeGreaterThan(0)
  })
})
