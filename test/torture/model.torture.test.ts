import { expect, it } from 'vitest'
import { batchSizes, checkModel } from '../property/model/check-model.js'
import { applyWrite } from '../property/model/model.js'
import { temporaryDatabase } from '../support/databases.js'
import { scale } from './scale.js'
import { reportFigures } from './support/figures.js'

it('every write ends as the model says, one that fails fails alone, and every read agrees', async () => {
  const startMs = performance.now()
  const databases = await Promise.all(
    batchSizes.map((maxBatchOperations) =>
      temporaryDatabase({ durability: 'normal', readers: 2, maxBatchOperations }),
    ),
  )
  const { runs, endings, ...figures } = await checkModel(databases, applyWrite, scale.modelRuns)
  const seconds = Math.round((performance.now() - startMs) / 1_000)
  reportFigures('model', { runs, ...figures, 'different endings': endings.size, seconds })
  expect(runs).toBe(scale.modelRuns)
})
