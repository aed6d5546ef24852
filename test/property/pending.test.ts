import fc from 'fast-check'
import { expect, it } from 'vitest'
import { temporaryDatabase } from '../support/databases.js'
import { pendingIds } from '../support/pending.js'
import { PendingModel, step } from '../support/pending-model.js'

it('gives out what the rules say, whatever is stored, changed, deleted and leased in between', async () => {
  const db = await temporaryDatabase()
  let runs = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const model = `model ${(runs += 1)}`
      // Changes are noted for models that somebody has asked for.
      await pendingIds(db, model)
      const run = new PendingModel(db, model)
      try {
        for (const one of steps) await run.take(one)
        await run.compare()
      } finally {
        await db.deleteMessages([0, 1, 2, 3, 4, 5].map((n) => `m${n}`))
      }
    }),
    { numRuns: 40 },
  )
  expect(await db.verify()).toMatchObject({ isOk: true, problems: [] })
}, 120_000)
