import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase, verifyDatabase } from 'convodb'
import { expect, it } from 'vitest'
import { message, temporaryFolder } from '../support/databases.js'
import type { OpenTask } from './children/open-once.js'
import { dieAtStep, prepareDisk } from './support/die-at-step.js'
import { reportFigures } from './support/figures.js'
import { openLaboratory } from './support/laboratory.js'
import { describeWithShim } from './support/shim.js'

/** So many at first make a file a database with a log; what follows is much alike. */
const stepsOfOpening = 60

/** A database as a backup is: without a log, which opening turns on. */
async function makeBackup(): Promise<string> {
  const folder = await temporaryFolder()
  const db = await openDatabase(join(folder, 'chat.db'))
  await db.storeMessage(message('old'))
  await db.backup(join(folder, 'backup.db'))
  await db.close()
  return join(folder, 'backup.db')
}

describeWithShim('a process that is killed while it opens, fills or closes', () => {
  it.each(['a new database', 'a backup'])(
    '%s, before each change it makes to the disk, leaves one that opens and is whole',
    async (what) => {
      const laboratory = await openLaboratory({ logs: false })
      const { databasePath: path } = laboratory
      const backup = await makeBackup()
      const oldIds = what === 'a backup' ? ['old'] : []
      const task: OpenTask = { path }
      const run = async (step: number): Promise<number | undefined> => {
        await prepareDisk(laboratory, async () => what === 'a backup' && copyFile(backup, path))
        return dieAtStep(laboratory, 'open-once', task, step)
      }
      let deaths = 0
      let steps: number | undefined
      for (let step = 1; ; step += step < stepsOfOpening ? 1 : 10) {
        steps = await run(step)
        if (steps !== undefined) break
        deaths += 1
        const db = await openDatabase(path)
        expect(await db.getMessagesByIds(['old']), `after step ${step}`).toHaveLength(oldIds.length)
        await db.storeMessage(message('later'))
        await db.close()
        expect(await verifyDatabase(path), `after step ${step}`).toMatchObject({ isOk: true })
      }
      reportFigures(`killed while opening ${what}`, { steps, deaths })
      expect(deaths).toBeGreaterThan(stepsOfOpening / 2)
    },
  )
})
