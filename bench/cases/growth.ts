import type { MetricName } from '../run/metrics.js'
import { type BenchCase, noInput } from './case.js'
import { atMost } from './target.js'

const rows = { quick: 5_000, usual: 1_000_000, full: 10_000_000 }
const rowsPerStep = { quick: 500, usual: 100_000, full: 100_000 }

/** From the first close look to the last one. */
const hardlyGrowing: readonly MetricName[] = [
  'storeGrowth',
  'embedGrowth',
  'newestPageGrowth',
  'middlePageGrowth',
  'oldestPageGrowth',
  'byIdsGrowth',
  'contextGrowth',
  'lookRssGrowth',
  'openGrowth',
  'backupSlowdownGrowth',
  'forgetWaitGrowth',
  'deleteWaitGrowth',
]

export const growth: BenchCase = {
  name: 'growth',
  about:
    'One file as it grows: 20,000 channels of which seven hold half, 200,000 users of whom one wrote a tenth, texts of up to 64,000 ' +
    'characters, embeddings for a tenth of the messages. After every 100,000 messages: storing speed since the last look, a page of 100, ' +
    "the calling thread's heap after a collection and the memory of the whole process. At 0.1, 1 and 10 million a close look; what is done to " +
    'the whole file, or deletes much of it, is done to a backup, in a process of its own.',
  items: 'messages',
  metrics: [
    'firstPerSecond',
    'lastPerSecond',
    'perSecondGrowth',
    'lastPageMs',
    'pageMsGrowth',
    'lastHeapMib',
    'heapGrowth',
    'lastRssMib',
  ],
  baselines: [],
  rounds: { quick: 1, usual: 1, full: 1 },
  sides: (scale) => {
    const input = {
      ...noInput,
      rows: rows[scale],
      rowsPerCall: rowsPerStep[scale],
      reads: scale === 'quick' ? 20 : 500,
      concurrency: 2000,
      readers: 2,
    }
    return [
      { name: 'store', label: 'ConvoDB storeMessage, 2000 in flight', side: 'convodb-growth', input },
      { name: 'loop', label: "better-sqlite3 loop, ConvoDB's schema", side: 'loop-growth', input },
    ]
  },
  targets: [
    atMost(1.2, 'store', 'pageMsGrowth'),
    atMost(1.2, 'store', 'heapGrowth'),
    ...hardlyGrowing.map((metric) => atMost(1.3, 'store', metric)),
    atMost(50, 'store', 'lastForgetWaitMs'),
    atMost(50, 'store', 'lastDeleteWaitMs'),
  ],
  plots: ['growth', 'memory'],
}
