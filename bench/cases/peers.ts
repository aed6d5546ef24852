import { type CaseSide, noInput, type Scale } from './case.js'

/** Sides with a commit a message store fewer: they would take minutes, and a smaller file only helps them. */
export const rowCounts: Readonly<Record<Scale, { readonly many: number; readonly few: number }>> = {
  quick: { many: 2000, few: 400 },
  usual: { many: 200_000, few: 20_000 },
  full: { many: 500_000, few: 50_000 },
}

export const rowsPerTransaction = 5000

/** `storeMessage`, so many calls in flight. */
export const storeMessage = (scale: Scale, concurrency: number, name = 'store'): CaseSide => ({
  name,
  label: `ConvoDB storeMessage, ${concurrency} in flight`,
  line: 'ConvoDB storeMessage',
  side: 'convodb-store',
  input: { ...noInput, rows: rowCounts[scale].many, concurrency },
})

/** The hand-tuned loop over ConvoDB's schema. */
export const tunedLoop = (scale: Scale): CaseSide => ({
  name: 'loop',
  label: `better-sqlite3 loop, ConvoDB's schema, ${rowsPerTransaction} a transaction`,
  side: 'loop-integer-keys',
  input: { ...noInput, rows: rowCounts[scale].many, rowsPerCall: rowsPerTransaction },
})

/** The same loop with places and counters filled as seldom as ConvoDB fills them. */
export const tunedLoopMergingLater = (scale: Scale): CaseSide => ({
  ...tunedLoop(scale),
  name: 'loop-merging-later',
  label: `the same loop, merging every 8,192 messages as ConvoDB's writer does`,
  side: 'loop-merging-later',
})

/** The asynchronous peers, each with one call a message; their names end with the concurrency. */
export const asyncPeers = (scale: Scale, concurrency: number): readonly CaseSide[] => [
  {
    name: `node-sqlite3-${concurrency}`,
    label: `node-sqlite3, ${concurrency} in flight, text keys`,
    line: 'node-sqlite3',
    side: 'node-sqlite3',
    input: { ...noInput, rows: rowCounts[scale].few, concurrency },
  },
  {
    name: `libsql-${concurrency}`,
    label: `@libsql/client, ${concurrency} in flight, text keys`,
    line: '@libsql/client',
    side: 'libsql',
    input: { ...noInput, rows: rowCounts[scale].few, concurrency },
  },
]

export const asyncPeerNames = (concurrency: number): readonly string[] => [
  `node-sqlite3-${concurrency}`,
  `libsql-${concurrency}`,
]

/** The packages that a reader thinks of next; one number of calls in flight tells enough. */
export const newerPeers = (scale: Scale, concurrency: number): readonly CaseSide[] => [
  {
    name: 'better-sqlite3-pool',
    label: `better-sqlite3-pool, ${concurrency} in flight, text keys`,
    side: 'better-sqlite3-pool',
    input: { ...noInput, rows: rowCounts[scale].few, concurrency },
  },
  {
    name: 'turso',
    label: `@tursodatabase/database, ${concurrency} in flight, text keys`,
    side: 'turso',
    input: { ...noInput, rows: rowCounts[scale].few, concurrency },
  },
]

export const newerPeerNames = ['better-sqlite3-pool', 'turso'] as const

/** better-sqlite3 on the calling thread with a few lines that make one transaction of the calls of 2 ms. */
export const gatheringLoops = (scale: Scale, concurrency: number): readonly CaseSide[] => [
  {
    name: 'gathering',
    label: `better-sqlite3, the calls of 2 ms a transaction, ${concurrency} in flight, one table`,
    side: 'gathering',
    input: { ...noInput, rows: rowCounts[scale].many, concurrency },
  },
  {
    name: 'gathering-indexed',
    label: 'the same, with an index by (channel, time)',
    side: 'gathering-indexed',
    input: { ...noInput, rows: rowCounts[scale].many, concurrency },
  },
]
