import { type BenchCase, noInput, usualRounds } from './case.js'
import { asyncPeers, rowCounts, storeMessage, tunedLoop } from './peers.js'
import { atMost } from './target.js'

const concurrency = 2000

export const eventLoop: BenchCase = {
  name: 'event-loop',
  about:
    'The calling thread while messages are stored at full speed; they are made beforehand. The loop gives way after ' +
    'every transaction.',
  items: 'messages',
  metrics: ['busyShare', 'delayP99Ms', 'busyUsPerItem', 'perSecond'],
  baselines: [],
  rounds: usualRounds,
  sides: (scale) => [
    storeMessage(scale, concurrency),
    {
      name: 'batches',
      label: 'ConvoDB addMessages of 1000, 8 in flight',
      side: 'convodb-batches',
      input: { ...noInput, rows: rowCounts[scale].many, rowsPerCall: 1000, concurrency: 8 },
    },
    tunedLoop(scale),
    ...asyncPeers(scale, concurrency),
  ],
  targets: [atMost(0.1, 'store', 'busyShare'), atMost(5, 'store', 'delayP99Ms')],
  plots: ['event-loop'],
}
