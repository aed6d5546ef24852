import { type BenchCase, noInput, usualRounds } from './case.js'
import { rowCounts, tunedLoop, tunedLoopMergingLater } from './peers.js'
import { atLeast } from './target.js'

const rowsPerCall = 1000
const concurrency = 8

export const batches: BenchCase = {
  name: 'batches',
  about: 'Messages in batches, every acknowledged batch synced to disk.',
  items: 'messages',
  metrics: ['perSecond', 'latencyP50Ms', 'latencyP99Ms', 'busyUsPerItem', 'delayP99Ms'],
  baselines: ['loop'],
  rounds: usualRounds,
  sides: (scale) => [
    {
      name: 'batches',
      label: `ConvoDB addMessages of ${rowsPerCall}, ${concurrency} in flight`,
      side: 'convodb-batches',
      input: { ...noInput, rows: rowCounts[scale].many, rowsPerCall, concurrency },
    },
    tunedLoop(scale),
    tunedLoopMergingLater(scale),
  ],
  targets: [
    atLeast(1, 'batches', 'perSecond', ['loop']),
    atLeast(1, 'batches', 'perSecond', ['loop-merging-later']),
  ],
  plots: ['bars'],
}
