import type { SideName } from '../sides/index.js'
import { type BenchCase, type CaseSide, noInput, usualRounds } from './case.js'
import { atLeast } from './target.js'

const sizes = {
  quick: { rows: 6000, reads: 200 },
  usual: { rows: 100_000, reads: 10_000 },
  full: { rows: 500_000, reads: 50_000 },
}
const concurrency = 64

interface Kind {
  readonly name: string
  readonly label: string
  readonly side: SideName
  /** The ways to do it directly, the side's name and what is said of it. */
  readonly direct: readonly (readonly [side: SideName, way: string])[]
}

const kinds: readonly Kind[] = [
  {
    name: 'by-ids',
    label: 'getMessagesByIds of 50',
    side: 'convodb-by-ids',
    direct: [
      ['direct-by-ids', 'a .get() for each'],
      ['direct-by-ids-at-once', 'one .all() over json_each'],
    ],
  },
  {
    name: 'segment',
    label: 'getSegmentMessages of 50',
    side: 'convodb-segment',
    direct: [['direct-segment', '.all()']],
  },
  {
    name: 'context',
    label: 'getMessageContext, 5 before and after',
    side: 'convodb-context',
    direct: [['direct-context', '.get() and two .all()']],
  },
]

export const lookups: BenchCase = {
  name: 'lookups',
  about: `Each through one reader, ${concurrency} calls in flight, and directly on the calling thread with the same result.`,
  items: 'calls',
  metrics: ['perSecond', 'latencyP50Ms', 'latencyP99Ms'],
  baselines: kinds.flatMap(({ direct }) => direct.map(([side]) => side)),
  rounds: usualRounds,
  sides: (scale) =>
    kinds.flatMap(({ name, label, side, direct }): CaseSide[] => {
      const input = { ...noInput, ...sizes[scale] }
      return [
        { name, label: `ConvoDB ${label}`, side, input: { ...input, concurrency } },
        ...direct.map(([directSide, way]) => ({
          name: directSide,
          label: `better-sqlite3, the same by ${way}`,
          side: directSide,
          input,
        })),
      ]
    }),
  targets: kinds.map(({ name, direct }) =>
    atLeast(
      1.5,
      name,
      'perSecond',
      direct.map(([side]) => side),
    ),
  ),
  plots: ['bars'],
}
