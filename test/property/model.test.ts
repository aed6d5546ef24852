import { expect, it } from 'vitest'
import { temporaryDatabase } from '../support/databases.js'
import { checkModel, isNoticed } from './model/check-model.js'
import { applyWrite } from './model/model.js'
import { wrongModels } from './model/wrong-models.js'

/** Runs of thirty calls or so on average, made at once: several transactions, of which nearly each has one that fails. */
const openSmallBatches = () => temporaryDatabase({ durability: 'normal', readers: 2, maxBatchOperations: 24 })

it('every write ends as the model says, one that fails fails alone, and every read agrees', async () => {
  const figures = await checkModel(await openSmallBatches(), applyWrite, 200)
  expect(figures.runs).toBe(200)
  expect(figures.poisoned / figures.writes).toBeGreaterThan(0.05)
}, 180_000)

it.each(Object.entries(wrongModels))('it would be noticed if %s', async (_, makeWrong) => {
  expect(await isNoticed(await openSmallBatches(), makeWrong())).toBe(true)
})
