import { type BenchCase, noInput } from './case.js'

const rows = { quick: 2000, usual: 1_000_000, full: 5_000_000 }
const together = 256

export const longRun: BenchCase = {
  name: 'long-run',
  about:
    'Commits over a long run, with all the checkpoints and merges that it takes: the time from a call to its ' +
    'commit, 256 in flight, beside the time of a transaction of as many in the hand-tuned loop, which checkpoints inside ' +
    'the commit that finds the log long enough.',
  items: 'messages',
  metrics: [
    'latencyP50Ms',
    'latencyP99Ms',
    'latencyP999Ms',
    'latencyMaxMs',
    'perSecond',
    'busyUsPerItem',
    'delayP99Ms',
  ],
  baselines: [],
  rounds: { quick: 1, usual: 1, full: 1 },
  sides: (scale) => [
    {
      name: 'store',
      label: `ConvoDB storeMessage, ${together} in flight`,
      side: 'convodb-store',
      input: { ...noInput, rows: rows[scale], concurrency: together },
    },
    {
      name: 'loop',
      label: `better-sqlite3 loop, ConvoDB's schema, ${together} a transaction`,
      side: 'loop-integer-keys',
      input: { ...noInput, rows: rows[scale], rowsPerCall: together },
    },
  ],
  targets: [],
  plots: ['latency'],
}
