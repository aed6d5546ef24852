import { type BenchCase, noInput, usualRounds } from './case.js'
import { atLeast } from './target.js'

const rowsPerCall = 1000
const rows = { quick: 2000, usual: 300_000, full: 1_000_000 }

export const schema: BenchCase = {
  name: 'schema',
  about: "The same hand-tuned loop, 1,000 messages a transaction, over ConvoDB's schema and the original's.",
  items: 'messages',
  metrics: ['perSecond', 'busyUsPerItem', 'delayP99Ms'],
  baselines: ['text-keys'],
  rounds: usualRounds,
  sides: (scale) => {
    const input = { ...noInput, rows: rows[scale], rowsPerCall }
    return [
      {
        name: 'integer-keys',
        label: "better-sqlite3 loop, ConvoDB's schema",
        side: 'loop-integer-keys',
        input,
      },
      {
        name: 'integer-keys-merging-later',
        label: "the same loop, merging every 8,192 messages as ConvoDB's writer does",
        side: 'loop-merging-later',
        input,
      },
      {
        name: 'text-keys',
        label: "better-sqlite3 loop, the original's text keys",
        side: 'loop-text-keys',
        input,
      },
    ]
  },
  targets: [
    atLeast(4, 'integer-keys-merging-later', 'perSecond', ['text-keys']),
    atLeast(4, 'integer-keys', 'perSecond', ['text-keys']),
  ],
  plots: ['bars'],
}
