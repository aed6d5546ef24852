import { join } from 'node:path'
import type { OperationName } from 'convodb'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  askingForJson,
  operationMessage,
  type ConnectionSettings,
  type OperationMessage,
} from '../../src/protocol/messages.js'
import { operations } from '../../src/protocol/operations.js'
import { hideBoundValues } from '../../src/workers/connection/bound-values.js'
import type { BindParams, Connection, WriteConnection } from '../../src/workers/connection/connection.js'
import { runReadMessage, runWriteMessage } from '../../src/workers/dispatch.js'
import { openReadConnection, openWriteConnection } from '../../src/workers/connection/open.js'
import { checkEveryRow } from '../../src/workers/connection/row-checks.js'
import { followUnindexedMessages } from '../../src/workers/tables/indexed-messages.js'
import { temporaryFolder } from '../support/databases.js'
import { message, samples } from './plan-samples.js'

/** Counting the rows of a whole table reads it whole; there is nothing to seek. */
const countsWholeTables: ReadonlySet<OperationName> = new Set(['countRows', 'embeddingProgress'])
/** Sums over channels, a table as long as the list of channels; no message is read that is not counted. */
const readsEveryChannel = /^SCAN (main\.)?channels( USING .*)?$/
/** A SELECT without a table, pragmas, the list of ids that the caller asked for, and the fields of one JSON text. */
const readsNoTable =
  /^SCAN (CONSTANT ROW|pragma_\w+ VIRTUAL TABLE INDEX 0:|(asked|fields) VIRTUAL TABLE INDEX 1:)$/
/** A merge sorts and groups the unindexed messages, of which there is a bounded number. */
const readsUnindexedMessages: ReadonlySet<string> = new Set(['SCAN unindexed'])
/** As many rows as are counted, which are found by a seek. */
const readsWhatItCounts: ReadonlySet<string> = new Set(['SCAN unread'])
const isIndexing = (sql: string): boolean => /FROM messages\s+WHERE message_key > \?/.test(sql)
/** The caller's own order, which no index has. */
const sortsAsAsked = (sql: string): boolean => sql.includes('ORDER BY asked.key')

interface Step {
  readonly name: OperationName
  readonly plan: readonly string[]
  /** The instructions by which it finds where to begin. */
  readonly seeks: readonly string[]
  /** Whether a message's checksum is made of a bound value in the place of a column. */
  readonly checksBoundValue: boolean
  readonly sql: string
}

/** The first operand of a call says which of its arguments are constant (https://www.sqlite.org/opcode.html#Function). */
const isChecksumOfBoundValue = (instruction: unknown): boolean => {
  const { opcode, p1, p4 } = Object(instruction)
  return opcode === 'Function' && String(p4).startsWith('message_checksum') && p1 !== 0
}

let connection: Connection
/** One of `verifyReads`, which has views in the tables' places. */
let checking: Connection
const steps: Step[] = []

/** Notes the plan of every statement before it runs, as it would run. */
function watch(name: OperationName, watched: Connection = connection): WriteConnection {
  const note = (sql: string, params: BindParams = []): void => {
    if (/^\s*PRAGMA/.test(sql)) return
    const rows = watched.prepareOnce(`EXPLAIN QUERY PLAN ${hideBoundValues(sql)}`).all(params)
    const details = rows.map((row) => String(Reflect.get(Object(row), 'detail')))
    const plan = details.filter(
      (detail) => !(detail.includes('USE TEMP B-TREE') && (isIndexing(sql) || sortsAsAsked(sql))),
    )
    const instructions = watched.prepareOnce(`EXPLAIN ${hideBoundValues(sql)}`).all(params)
    const opcodes = instructions.map((instruction) => String(Reflect.get(Object(instruction), 'opcode')))
    const seeks = opcodes.filter((opcode) => opcode.startsWith('Seek'))
    steps.push({ name, plan, seeks, checksBoundValue: instructions.some(isChecksumOfBoundValue), sql })
  }
  return {
    memory: watched.memory,
    get inTransaction() {
      return watched.inTransaction
    },
    forgetUndone: () => watched.forgetUndone(),
    exec: (sql) => watched.exec(sql),
    unindexed: watched.unindexed,
    scope: watched.scope,
    words: watched.words,
    blocks: watched.blocks,
    get: (sql, params) => (note(sql, params), watched.get(sql, params)),
    all: (sql, params) => (note(sql, params), watched.all(sql, params)),
    column: (sql, params) => (note(sql, params), watched.column(sql, params)),
    run: (sql, params) => (note(sql, params), watched.run(sql, params)),
    insert: (sql, params) => (note(sql, params), watched.insert(sql, params)),
  }
}

beforeAll(async () => {
  const path = join(await temporaryFolder(), 'plans.db')
  const settings: ConnectionSettings = {
    path,
    create: true,
    readOnly: false,
    durability: 'full',
    busyTimeoutMs: 0,
    cacheSizeKib: 2000,
    walAutocheckpointPages: 1000,
    search: true,
  }
  connection = openWriteConnection(settings)
  checking = openReadConnection(settings)
  checkEveryRow(checking)
  for (const sample of sampleMessages()) {
    if (operations[sample.name].lane === 'write') {
      runWriteMessage(watch(sample.name), sample)
    } else {
      // Reads find indexed messages and one that is not.
      runWriteMessage(connection, operationMessage('storeMessage', { ...message, messageId: 'unindexed' }))
      for (const reading of [connection, checking]) {
        followUnindexedMessages(watch(sample.name, reading))
        runReadMessage(watch(sample.name, reading), sample)
        // Whoever is held to channels names the one whose changes they ask for.
        const isHeldBack = sample.name === 'listChanges' && !JSON.stringify(sample).includes('channelId')
        for (const channels of isHeldBack ? [undefined] : [undefined, ['c']]) {
          runReadMessage(watch(sample.name, reading), askingForJson(sample, 'json', channels))
        }
      }
    }
  }
})

afterAll(() => {
  connection.close()
  checking.close()
})

const isName = (name: string): name is OperationName => Object.hasOwn(samples, name)
const names = Object.keys(samples).filter(isName)

function sampleMessages(): OperationMessage[] {
  return names.flatMap((name) => samples[name].map((params) => operationMessage(name, params)))
}

it.each(names)('%s seeks every table it touches', (name) => {
  const plans = steps.filter((step) => step.name === name).flatMap((step) => step.plan)
  const scans = plans.filter(
    (detail) =>
      detail.startsWith('SCAN') &&
      !readsNoTable.test(detail) &&
      !readsUnindexedMessages.has(detail) &&
      !readsWhatItCounts.has(detail) &&
      !readsEveryChannel.test(detail),
  )
  const sorts = plans.filter((detail) => detail.includes('USE TEMP B-TREE'))
  expect([...scans, ...sorts]).toEqual(countsWholeTables.has(name) ? expect.any(Array) : [])
})

it('goes on among messages of one time by their keys', () => {
  const statements = steps.filter(({ sql }) =>
    /timestamp = :time AND (places\.)?message_key < :key/.test(sql),
  )
  expect(statements).not.toEqual([])
  // From the last message indexed on (SeekLE) each page would pass over all pages before it.
  expect(statements.filter(({ seeks }) => !seeks.includes('SeekLT') || seeks.includes('SeekLE'))).toEqual([])
})

it('compares each message with the checksum of its own values', () => {
  expect(steps.filter(({ checksBoundValue }) => checksBoundValue).map(({ sql }) => sql)).toEqual([])
})

it('sees the statements of every operation', () => {
  const seen = new Set(steps.map((step) => step.name))
  expect(names.filter((name) => !seen.has(name)).toSorted()).toEqual(['checkpoint'])
})

it('would notice a scan', () => {
  const rows = connection.prepareOnce(`EXPLAIN QUERY PLAN SELECT 1 FROM messages WHERE content = 'x'`).all([])
  expect(rows).toMatchObject([{ detail: 'SCAN messages' }])
})
