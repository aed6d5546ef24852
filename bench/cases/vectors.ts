import type { SideName } from '../sides/index.js'
import { type BenchCase, type CaseSide, noInput, type Scale } from './case.js'
import { atLeast, atMost } from './target.js'

/** How many vectors, and of how many numbers. */
const sizes: { readonly [S in Scale]: readonly (readonly [rows: number, dimension: number])[] } = {
  quick: [[2_000, 64]],
  usual: [
    [10_000, 384],
    [50_000, 384],
  ],
  full: [
    [10_000, 384],
    [50_000, 384],
    [50_000, 1_536],
    [1_000_000, 384],
  ],
}
const reads = { quick: 10, usual: 100, full: 100 }

const ways: readonly (readonly [name: string, side: SideName, label: string])[] = [
  ['exact', 'vectors-exact', 'ConvoDB searchByVector, exact'],
  ['likely', 'vectors-likely', 'ConvoDB searchByVector, approximate'],
  ['loop', 'vectors-directly', 'better-sqlite3 and a plain loop on the calling thread'],
]

export const vectors: BenchCase = {
  name: 'vectors',
  about:
    'The ten messages most like a vector, of one channel; one call at a time, one reader. The vectors lie in clusters of a hundred.',
  items: 'searches',
  metrics: ['latencyP50Ms', 'latencyP99Ms', 'perSecond', 'busyShare', 'recall', 'peakRssMib'],
  baselines: [],
  rounds: { quick: 1, usual: 3, full: 3 },
  sides: (scale) =>
    sizes[scale].flatMap(([rows, dimension]) =>
      ways.map(([name, side, label]): CaseSide => {
        const input = { ...noInput, rows, dimension, reads: reads[scale] }
        return {
          name: `${name}-${rows}-${dimension}`,
          label: `${label}, ${dimension} numbers each`,
          side,
          input,
        }
      }),
    ),
  targets: [
    atMost(30, 'exact-50000-384', 'latencyP50Ms'),
    atMost(60, 'likely-1000000-384', 'latencyP50Ms'),
    atLeast(0.98, 'likely-50000-384', 'recall'),
  ],
  plots: ['latency'],
}
