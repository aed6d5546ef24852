import { type BenchCase, noInput } from './case.js'
import { atLeast, atMost } from './target.js'

const rows = { quick: 5000, usual: 1_000_000, full: 10_000_000 }

export const growth: BenchCase = {
  name: 'growth',
  about:
    'One file as it grows, looked at after every 100,000 messages: storing speed since the last look, a page of 100, ' +
    "the calling thread's heap after a collection and the memory of the whole process.",
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
    const input = { ...noInput, rows: rows[scale], reads: scale === 'quick' ? 20 : 500, concurrency: 2000 }
    return [
      { name: 'store', label: 'ConvoDB storeMessage, 2000 in flight', side: 'convodb-growth', input },
      { name: 'loop', label: "better-sqlite3 loop, ConvoDB's schema", side: 'loop-growth', input },
    ]
  },
  targets: [
    atLeast(0.6, 'store', 'perSecondGrowth'),
    atMost(1.2, 'store', 'pageMsGrowth'),
    atMost(1.2, 'store', 'heapGrowth'),
  ],
  plots: ['growth', 'memory'],
}
