import { type BenchCase, noInput, usualRounds } from './case.js'
import {
  asyncPeerNames,
  asyncPeers,
  rowCounts,
  rowsPerTransaction,
  storeMessage,
  tunedLoop,
  tunedLoopMergingLater,
} from './peers.js'
import { atLeast } from './target.js'

const concurrency = 2000

export const ingest: BenchCase = {
  name: 'ingest',
  about:
    'One call a message into a new file, 2,000 calls in flight, every acknowledged message synced to disk. The ' +
    'asynchronous peers do less: no counters, and every channel and user exists beforehand. The Python sides find them ' +
    'there too and keep counters, but at synchronous=NORMAL, which may lose the last commits with the power.',
  items: 'messages',
  metrics: ['perSecond', 'latencyP50Ms', 'latencyP99Ms'],
  baselines: ['python', 'loop'],
  rounds: usualRounds,
  sides: (scale) => [
    storeMessage(scale, concurrency),
    tunedLoop(scale),
    tunedLoopMergingLater(scale),
    {
      name: 'loop-commit-each',
      label: 'better-sqlite3 loop, text keys, a commit a message',
      side: 'loop-text-keys',
      input: { ...noInput, rows: rowCounts[scale].few },
    },
    ...asyncPeers(scale, concurrency),
    {
      name: 'python',
      label: 'Python original, 8 threads, a commit a message',
      side: 'python',
      input: { ...noInput, rows: rowCounts[scale].few, concurrency: 8 },
    },
    {
      name: 'python-batches',
      label: `Python original, 1 thread, ${rowsPerTransaction} a commit`,
      side: 'python',
      input: { ...noInput, rows: rowCounts[scale].many, rowsPerCall: rowsPerTransaction },
    },
  ],
  targets: [
    atLeast(20, 'store', 'perSecond', ['python']),
    atLeast(15, 'store', 'perSecond', asyncPeerNames(concurrency)),
    atLeast(0.9, 'store', 'perSecond', ['loop']),
    atLeast(0.9, 'store', 'perSecond', ['loop-merging-later']),
  ],
  plots: ['bars'],
}
