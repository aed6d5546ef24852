import { type BenchCase, usualRounds } from './case.js'
import { asyncPeerNames, asyncPeers, storeMessage } from './peers.js'
import { atLeast } from './target.js'

const levels = {
  quick: [16, 256],
  usual: [1, 4, 16, 64, 256, 1024, 4096],
  full: [1, 4, 16, 64, 256, 1024, 4096],
}

export const concurrency: BenchCase = {
  name: 'concurrency',
  about: 'As `ingest`, by the number of calls in flight.',
  items: 'messages',
  metrics: ['perSecond', 'latencyP50Ms', 'latencyP99Ms', 'busyUsPerItem', 'delayP99Ms'],
  baselines: [],
  rounds: usualRounds,
  sides: (scale) =>
    levels[scale].flatMap((level) => {
      // A lone caller commits message by message, whoever carries it out.
      const store = storeMessage(scale, level, `store-${level}`)
      const few = asyncPeers(scale, level)
      const rows = level < 16 ? few[0]?.input.rows : undefined
      return [{ ...store, input: { ...store.input, rows: rows ?? store.input.rows } }, ...few]
    }),
  targets: [
    atLeast(5, 'store-16', 'perSecond', asyncPeerNames(16)),
    atLeast(8, 'store-256', 'perSecond', asyncPeerNames(256)),
  ],
  plots: ['throughput-by-concurrency', 'latency'],
}
