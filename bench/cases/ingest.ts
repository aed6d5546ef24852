import { type BenchCase, noInput, usualRounds } from './case.js'
import {
  asyncPeerNames,
  asyncPeers,
  gatheringLoops,
  newerPeerNames,
  newerPeers,
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
    'there too and keep counters; at synchronous=NORMAL they may lose the last commits with the power. better-sqlite3 that gathers ' +
    'calls has one table, and nothing else that a conversation needs. The event loop is that of the thread that calls.',
  items: 'messages',
  metrics: ['perSecond', 'latencyP50Ms', 'latencyP99Ms', 'busyUsPerItem', 'delayP99Ms'],
  baselines: ['python', 'loop', 'gathering'],
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
    ...gatheringLoops(scale, concurrency),
    ...asyncPeers(scale, concurrency),
    ...newerPeers(scale, concurrency),
    {
      name: 'python',
      label: 'Python original, 8 threads, a commit a message, NORMAL',
      side: 'python-normal',
      input: { ...noInput, rows: rowCounts[scale].few, concurrency: 8 },
    },
    {
      name: 'python-full',
      label: 'the same, FULL',
      side: 'python-full',
      input: { ...noInput, rows: rowCounts[scale].few, concurrency: 8 },
    },
    {
      name: 'python-batches',
      label: `Python original, 1 thread, ${rowsPerTransaction} a commit, NORMAL`,
      side: 'python-normal',
      input: { ...noInput, rows: rowCounts[scale].many, rowsPerCall: rowsPerTransaction },
    },
    {
      name: 'python-batches-full',
      label: 'the same, FULL',
      side: 'python-full',
      input: { ...noInput, rows: rowCounts[scale].many, rowsPerCall: rowsPerTransaction },
    },
  ],
  targets: [
    atLeast(20, 'store', 'perSecond', ['python']),
    atLeast(15, 'store', 'perSecond', [...asyncPeerNames(concurrency), ...newerPeerNames]),
    atLeast(0.9, 'store', 'perSecond', ['loop']),
    atLeast(0.9, 'store', 'perSecond', ['loop-merging-later']),
  ],
  plots: ['bars'],
}
