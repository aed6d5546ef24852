import { availableParallelism } from 'node:os'
import { type BenchCase, noInput, usualRounds } from './case.js'
import { atMost } from './target.js'

const sizes = {
  quick: { rows: 6000, reads: 200 },
  usual: { rows: 200_000, reads: 5000 },
  full: { rows: 500_000, reads: 20_000 },
}
const concurrency = 2000

export const mixed: BenchCase = {
  name: 'mixed',
  about:
    'One page of 100 after another, with nothing else going on and while as many messages as there are already are ' +
    'stored at full speed by the same thread.',
  items: 'pages',
  metrics: ['latencyP99Ms', 'latencyP50Ms', 'perSecond', 'writesPerSecond', 'delayP99Ms'],
  baselines: ['idle'],
  rounds: usualRounds,
  sides: (scale) => {
    const input = { ...noInput, ...sizes[scale], readers: Math.max(1, availableParallelism() - 1) }
    return [
      { name: 'idle', label: 'ConvoDB getMessages, nothing else', side: 'convodb-pages', input },
      {
        name: 'ingesting',
        label: `ConvoDB getMessages beside storeMessage, ${concurrency} in flight`,
        side: 'convodb-pages-while-ingesting',
        input: { ...input, concurrency },
      },
    ]
  },
  targets: [atMost(3, 'ingesting', 'latencyP99Ms', ['idle'])],
  plots: ['latency'],
}
