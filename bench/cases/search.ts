import type { SideName } from '../sides/index.js'
import { type BenchCase, type CaseSide, noInput, type Scale } from './case.js'
import { atLeast, atMost } from './target.js'

const sizes: { readonly [S in Scale]: readonly number[] } = {
  quick: [10_000],
  usual: [10_000, 100_000, 1_000_000],
  full: [10_000, 100_000, 1_000_000, 4_000_000],
}
const reads = { quick: 20, usual: 500, full: 500 }

const ways: readonly (readonly [name: string, side: SideName, label: string])[] = [
  ['all', 'search-all', 'ConvoDB searchMessages, all channels'],
  ['channel', 'search-channel', 'ConvoDB searchMessages, one channel of 200'],
  ['newest', 'search-newest', 'ConvoDB searchMessages, the newest first'],
  ['fts5', 'search-fts5', 'FTS5 and bm25 on the calling thread, all channels'],
  ['like', 'search-like', 'LIKE on the calling thread, all channels, the newest first'],
]

export const search: BenchCase = {
  name: 'search',
  about:
    'Twenty messages with both of two words, common ones and rare ones; one call at a time, one reader. Texts of ten words, of 30,000 that are as common as words are.',
  items: 'searches',
  metrics: ['latencyP50Ms', 'latencyP95Ms', 'latencyMaxMs', 'busyShare'],
  baselines: [],
  rounds: { quick: 1, usual: 1, full: 1 },
  sides: (scale) =>
    sizes[scale].flatMap((rows) =>
      ways.map(([name, side, label]): CaseSide => ({
        name: `${name}-${rows}`,
        label,
        line: label,
        side,
        input: { ...noInput, rows, reads: reads[scale] },
      })),
    ),
  targets: [atMost(60, 'all-1000000', 'latencyP95Ms'), atMost(20, 'channel-1000000', 'latencyP95Ms')],
  plots: ['latency-by-rows'],
}

const rows = { quick: 20_000, usual: 300_000, full: 1_000_000 }

export const searchIngest: BenchCase = {
  name: 'search-ingest',
  about:
    'Messages stored with their words indexed and without, every one synced to disk. Texts of ten words, of 30,000 that are as common as words are.',
  items: 'messages',
  metrics: ['perSecond', 'latencyP50Ms', 'latencyP99Ms', 'busyUsPerItem', 'delayP99Ms'],
  baselines: ['calls-without', 'batches-without'],
  rounds: { quick: 1, usual: 5, full: 5 },
  sides: (scale) => {
    const calls = { ...noInput, rows: rows[scale], concurrency: 2_000 }
    const batches = { ...noInput, rows: rows[scale], rowsPerCall: 5_000 }
    return [
      { name: 'calls', label: 'storeMessage, 2,000 in flight', side: 'store-with-search', input: calls },
      { name: 'calls-without', label: 'the same, search: false', side: 'store-without-search', input: calls },
      { name: 'batches', label: 'addMessages, 5,000 a call', side: 'add-with-search', input: batches },
      {
        name: 'batches-without',
        label: 'the same, search: false',
        side: 'add-without-search',
        input: batches,
      },
    ]
  },
  targets: [
    atLeast(0.75, 'calls', 'perSecond', ['calls-without']),
    atLeast(0.75, 'batches', 'perSecond', ['batches-without']),
  ],
  plots: ['bars'],
}
