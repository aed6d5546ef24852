import { type BenchCase, noInput, usualRounds } from './case.js'
import { rowCounts } from './peers.js'
import { atMostSum } from './target.js'

export const single: BenchCase = {
  name: 'single',
  about:
    'One message at a time, each durable before the next: no faster than a worker round trip and a synchronous commit.',
  items: 'messages',
  metrics: ['latencyP50Ms', 'latencyP99Ms', 'perSecond', 'busyUsPerItem', 'delayP99Ms'],
  baselines: ['commit'],
  rounds: usualRounds,
  sides: (scale) => {
    const input = { ...noInput, rows: rowCounts[scale].few }
    return [
      { name: 'store', label: 'ConvoDB storeMessage, one in flight', side: 'convodb-store', input },
      { name: 'round-trip', label: 'bare worker round trip', side: 'worker-round-trip', input },
      {
        name: 'commit',
        label: "better-sqlite3, ConvoDB's schema, a commit a message",
        side: 'loop-integer-keys',
        input,
      },
    ]
  },
  targets: [atMostSum(1.6, 'store', 'latencyP50Ms', ['round-trip', 'commit'])],
  plots: ['latency'],
}
