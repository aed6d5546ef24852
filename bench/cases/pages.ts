import { callsInFlight, messagesPerPage } from '../peers/convodb-pages.js'
import type { BenchCase } from './case.js'

export const pages: BenchCase = {
  name: 'pages',
  about: `The latest ${messagesPerPage} messages of one channel after another, from a file in the cache.`,
  unit: 'pages/s',
  sides: [
    { peer: 'convodb-pages', label: `ConvoDB getMessages, one reader, ${callsInFlight} calls in flight` },
    { peer: 'sqlite-pages', label: 'better-sqlite3 .all() on the calling thread' },
  ],
  baselines: ['sqlite-pages'],
  size: { rows: 50_000, pages: 3000, rounds: 3 },
  quickSize: { rows: 2000, pages: 200, rounds: 1 },
}
