import { operations } from 'convodb'
import { expect, it } from 'vitest'
import { temporaryDatabase } from '../support/databases.js'
import { batchSizes, checkModel, isNoticed } from '../property/model/check-model.js'
import { applyWrite } from '../property/model/model.js'
import { poisons } from '../property/model/poison.js'
import { wrongModels } from '../property/model/wrong-models.js'

/** These have models of their own (test/property/segmenting, test/property/pending, test/property/history). */
const modelledElsewhere = new Set([
  'applySegmentingStep',
  'leaseEmbeddings',
  'releaseEmbeddings',
  'addReaction',
  'deleteReaction',
  'deleteMessageHistory',
])
/** An import's own make an equal database of an export (test/torture/transfer, test/contract/transfer). */
const writeNames = Object.entries(operations)
  .filter(([name, { lane }]) => lane === 'write' && !name.startsWith('import'))
  .map(([name]) => name)
  .filter((name) => !modelledElsewhere.has(name))

const open = (maxBatchOperations: number) =>
  temporaryDatabase({ durability: 'normal', readers: 2, maxBatchOperations })

/** In a hundred, one in twenty times some write never succeeds by chance. */
const runs = 300

it('every write ends as the model says, one that fails fails alone, and every read agrees', async () => {
  const databases = await Promise.all(batchSizes.map(open))
  const figures = await checkModel(databases, applyWrite, runs)
  expect(figures.runs).toBe(runs)
  const endings = [...figures.endings].map((ending) => ending.split(' '))
  expect(new Set(endings.filter(([, how]) => how === 'ok').map(([name]) => name))).toEqual(
    new Set(writeNames),
  )
  const hows = ['ok', 'GROUP_FAILED', ...Object.keys(poisons)]
  expect(new Set(endings.map(([, how]) => how))).toEqual(new Set(hows))
  expect(figures.poisoned / figures.writes).toBeGreaterThan(0.05)
}, 180_000)

it.each(Object.entries(wrongModels))('it would be noticed if %s', async (_, makeWrong) => {
  expect(await isNoticed(await open(24), makeWrong())).toBe(true)
})
