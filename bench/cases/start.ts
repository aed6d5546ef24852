import type { SideName } from '../sides/index.js'
import { type BenchCase, type CaseSide, noInput, type Scale, usualRounds } from './case.js'
import { atMost } from './target.js'

const rows = { quick: 2_000, usual: 100_000, full: 100_000 }
const processes = { quick: 1, usual: 16, full: 16 }

/** A side, and whether its file has messages already. */
const ways: readonly (readonly [name: string, side: SideName, label: string, hasMessages: boolean])[] = [
  ['node', 'start-node', 'bare: a Node process that does nothing, start to end', false],
  ['worker', 'start-worker', 'bare: new Worker that does nothing', false],
  ['sqlite', 'start-sqlite', 'bare: better-sqlite3 imported, the file opened, a row read', true],
  ['import', 'start-import', "import 'convodb'", false],
  ['open-new', 'start-open', 'openDatabase, a new file', false],
  ['open-existing', 'start-open', 'openDatabase, an existing file', true],
  ['first-store', 'start-store', 'the first storeMessage, a new file', false],
  ['first-page', 'start-page', 'the first getMessages of 100', true],
  ['idle', 'start-idle', 'a second after openDatabase, two readers', true],
  ['version', 'start-version', 'convodb --version, start to end', false],
  ['help', 'start-help', 'convodb --help, start to end', false],
  ['stats', 'start-stats', 'convodb stats --db, to its first line', true],
  ['channels', 'start-channels', 'convodb channels --db, to its first line', true],
  ['users', 'start-users', 'convodb users --db, to its first line', true],
  ['messages', 'start-messages', 'convodb messages --db, to its first line', true],
  ['search', 'start-search', 'convodb search --db, to its first line', true],
]

const sideOf =
  (scale: Scale) =>
  ([name, side, label, hasMessages]: (typeof ways)[number]): CaseSide => ({
    name,
    side,
    label,
    input: { ...noInput, rows: hasMessages ? rows[scale] : 0, reads: processes[scale] },
  })

export const start: BenchCase = {
  name: 'start',
  about:
    'Starting: each thing done for the first time in a process of its own, median of 15 processes a round, on files that ' +
    'the system has in memory. What takes a bare process, thread or file its time stands beside it: by the ratios machines can be compared.',
  items: 'starts',
  metrics: ['latencyP50Ms', 'latencyMaxMs', 'rssMib'],
  baselines: ['node', 'worker', 'sqlite'],
  rounds: usualRounds,
  sides: (scale) => ways.map(sideOf(scale)),
  targets: [
    atMost(50, 'import', 'latencyP50Ms'),
    atMost(60, 'open-new', 'latencyP50Ms'),
    atMost(60, 'open-existing', 'latencyP50Ms'),
    atMost(90, 'idle', 'rssMib'),
    atMost(60, 'version', 'latencyP50Ms'),
    atMost(120, 'help', 'latencyP50Ms'),
    atMost(120, 'stats', 'latencyP50Ms'),
    atMost(120, 'channels', 'latencyP50Ms'),
    atMost(120, 'users', 'latencyP50Ms'),
    atMost(120, 'messages', 'latencyP50Ms'),
    atMost(120, 'search', 'latencyP50Ms'),
  ],
  plots: ['bars'],
}
