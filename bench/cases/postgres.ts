import type { SideName } from '../sides/index.js'
import { type BenchCase, noInput, usualRounds } from './case.js'
import { atLeast } from './target.js'

const sizes = {
  quick: { many: 3_000, few: 300 },
  usual: { many: 100_000, few: 5_000 },
  full: { many: 500_000, few: 20_000 },
}
const concurrency = 2_000
const rowsPerCall = 1_000

export const postgres: BenchCase = {
  name: 'postgres',
  about:
    'The same calls on PostgreSQL and in a file, and what one would write by hand over pg: one table with one index, without counters or ' +
    'users. Server, client and the file’s threads share the machine’s cores.',
  items: 'messages',
  metrics: ['perSecond', 'latencyP50Ms', 'latencyP99Ms', 'busyUsPerItem', 'delayP99Ms'],
  baselines: ['file', 'unnest'],
  rounds: usualRounds,
  sides: (scale) => {
    const { many, few } = sizes[scale]
    return [
      {
        name: 'store',
        label: `ConvoDB on PostgreSQL, storeMessage, ${concurrency} in flight`,
        side: 'postgres-store',
        input: { ...noInput, rows: many, concurrency },
      },
      {
        name: 'file',
        label: `ConvoDB in a file, storeMessage, ${concurrency} in flight`,
        side: 'convodb-store',
        input: { ...noInput, rows: many, concurrency },
      },
      {
        name: 'add',
        label: `ConvoDB on PostgreSQL, addMessages of ${rowsPerCall}`,
        side: 'postgres-batches',
        input: { ...noInput, rows: many, rowsPerCall },
      },
      {
        name: 'file-add',
        label: `ConvoDB in a file, addMessages of ${rowsPerCall}`,
        side: 'convodb-batches',
        input: { ...noInput, rows: many, rowsPerCall },
      },
      {
        name: 'insert-each',
        label: 'pg, an INSERT a call, a pool of ten',
        side: 'postgres-insert-each',
        input: { ...noInput, rows: few, concurrency },
      },
      {
        name: 'unnest',
        label: `pg, INSERT of ${rowsPerCall} by unnest`,
        side: 'postgres-unnest',
        input: { ...noInput, rows: many, rowsPerCall, concurrency: 2 },
      },
    ]
  },
  targets: [
    atLeast(0.45, 'store', 'perSecond', ['file']),
    atLeast(0.38, 'add', 'perSecond', ['file-add']),
    atLeast(5, 'store', 'perSecond', ['insert-each']),
  ],
  plots: ['bars'],
}

export const postgresPages = readingCase({
  name: 'postgres-pages',
  about:
    'The latest 100 messages of one channel after another, 16 calls in flight, on PostgreSQL and in a file.',
  items: 'pages',
  call: 'getMessages',
  sides: ['postgres-pages', 'convodb-pages'],
  target: 0.6,
})

export const postgresContext = readingCase({
  name: 'postgres-context',
  about:
    'A message with the five before and the five after it, 16 calls in flight, on PostgreSQL and in a file.',
  items: 'contexts',
  call: 'getMessageContext',
  sides: ['postgres-context', 'convodb-context'],
  target: 0.36,
})

interface Reading {
  readonly name: string
  readonly about: string
  readonly items: string
  readonly call: string
  readonly sides: readonly [postgres: SideName, file: SideName]
  readonly target: number
}

function readingCase({ name, about, items, call, sides, target }: Reading): BenchCase {
  return {
    name,
    about,
    items,
    metrics: ['perSecond', 'latencyP50Ms', 'latencyP99Ms', 'busyUsPerItem'],
    baselines: ['file'],
    rounds: usualRounds,
    sides: (scale) => {
      const input = {
        ...noInput,
        rows: sizes[scale].many,
        reads: sizes[scale].few,
        concurrency: 16,
        readers: 2,
      }
      return [
        { name: 'postgres', label: `ConvoDB on PostgreSQL, ${call}`, side: sides[0], input },
        { name: 'file', label: `ConvoDB in a file, ${call}`, side: sides[1], input },
      ]
    },
    targets: [atLeast(target, 'postgres', 'perSecond', ['file'])],
    plots: ['bars'],
  }
}
