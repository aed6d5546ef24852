import { callsInFlight as batchesInFlight, messagesPerCall } from '../peers/convodb-add-messages.js'
import { callsInFlight } from '../peers/convodb-store-message.js'
import { rowsPerTransaction } from '../peers/sqlite-tuned-loop.js'
import type { BenchCase } from './case.js'

export const ingest: BenchCase = {
  name: 'ingest',
  about:
    'The same messages stored into a new file, every acknowledged one synced to disk (synchronous=FULL, WAL).',
  unit: 'messages/s',
  sides: [
    { peer: 'convodb-store-message', label: `ConvoDB storeMessage, ${callsInFlight} calls in flight` },
    {
      peer: 'convodb-add-messages',
      label: `ConvoDB addMessages of ${messagesPerCall}, ${batchesInFlight} in flight`,
    },
    { peer: 'sqlite-commit-each', label: 'better-sqlite3, a commit each, text keys' },
    {
      peer: 'sqlite-tuned-loop',
      label: `better-sqlite3 tuned loop, ConvoDB's schema, ${rowsPerTransaction} a commit`,
    },
  ],
  baselines: ['sqlite-commit-each', 'sqlite-tuned-loop'],
  size: { rows: 50_000, pages: 0, rounds: 3 },
  quickSize: { rows: 2000, pages: 0, rounds: 1 },
}
