import { availableParallelism } from 'node:os'
import { type BenchCase, noInput, usualRounds } from './case.js'
import { atLeast } from './target.js'

const sizes = {
  quick: { rows: 2000, reads: 200 },
  usual: { rows: 100_000, reads: 6000 },
  full: { rows: 500_000, reads: 30_000 },
}
const concurrency = 64

export const pages: BenchCase = {
  name: 'pages',
  about: 'The latest 100 messages of one channel after another as objects with dates and parsed metadata.',
  items: 'pages',
  metrics: ['perSecond', 'latencyP50Ms', 'latencyP99Ms', 'busyShare', 'delayP99Ms'],
  baselines: ['direct'],
  rounds: usualRounds,
  sides: (scale) => {
    const input = { ...noInput, ...sizes[scale] }
    const readers = availableParallelism()
    return [
      {
        name: 'one-reader',
        label: `ConvoDB getMessages, ${concurrency} in flight, 1 reader`,
        side: 'convodb-pages',
        input: { ...input, concurrency },
      },
      {
        name: 'readers-as-cores',
        label: `ConvoDB getMessages, ${concurrency} in flight, as many readers as cores (${readers})`,
        side: 'convodb-pages',
        input: { ...input, concurrency, readers },
      },
      { name: 'direct', label: 'better-sqlite3 .all() on the calling thread', side: 'direct-pages', input },
    ]
  },
  targets: [atLeast(2, 'one-reader', 'perSecond', ['direct'])],
  plots: ['bars'],
}
