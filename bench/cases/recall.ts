import type { SideName } from '../sides/index.js'
import { type BenchCase, type CaseSide, noInput } from './case.js'
import { atLeast } from './target.js'

const questions = { quick: 50, usual: 2_000, full: 10_000 }

const ways: readonly (readonly [name: string, side: SideName, label: string])[] = [
  ['words', 'recall-words', 'by words'],
  ['meaning', 'recall-meaning', 'by meaning: mean word vectors of 100 numbers'],
  ['both', 'recall-both', 'by both'],
]

export const recall: BenchCase = {
  name: 'recall',
  about:
    'Annotated IRC: the text of a reply, without the names in it, should find the message that it answers, among all of its excerpt (1,200 to 7,000 ' +
    'messages) but itself. Nothing is told of times; recency has no weight.',
  items: 'recalls',
  metrics: [
    'recallAt1',
    'recallAt5',
    'recall',
    'recallAt20',
    'recallAt50',
    'reciprocalRank',
    'latencyP50Ms',
    'latencyP95Ms',
  ],
  baselines: [],
  rounds: { quick: 1, usual: 1, full: 1 },
  sides: (scale) =>
    ways.map(([name, side, label]): CaseSide => ({
      name,
      label,
      side,
      input: { ...noInput, rows: 49_277, reads: questions[scale] },
    })),
  targets: [atLeast(1, 'both', 'recall', ['words', 'meaning'])],
  plots: ['recall-by-depth'],
}
