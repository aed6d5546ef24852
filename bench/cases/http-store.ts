import { type BenchCase, noInput, usualRounds } from './case.js'
import { atLeast } from './target.js'

const rows = { quick: 4_000, usual: 150_000, full: 500_000 }
const concurrency = 2_000

export const httpStore: BenchCase = {
  name: 'http-store',
  about:
    'One call a message, each durable when it is answered: in the process, and through the client of a server in another.',
  items: 'messages',
  metrics: ['perSecond', 'latencyP50Ms', 'latencyP99Ms', 'busyUsPerItem', 'delayP99Ms'],
  baselines: ['embedded'],
  rounds: usualRounds,
  sides: (scale) => {
    const input = { ...noInput, rows: rows[scale], concurrency }
    return [
      {
        name: 'embedded',
        label: `ConvoDB storeMessage, ${concurrency} in flight`,
        side: 'convodb-store',
        input,
      },
      { name: 'http', label: 'The same through connect()', side: 'http-store', input },
    ]
  },
  targets: [atLeast(0.5, 'http', 'perSecond', ['embedded'])],
  plots: ['bars'],
}
