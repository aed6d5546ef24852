import { join } from 'node:path'
import type { OperationName } from 'convodb'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { append, emptyColumns, type MessageColumns } from '../../src/protocol/message-columns.js'
import {
  askingForJson,
  operationMessage,
  type ConnectionSettings,
  type OperationMessage,
} from '../../src/protocol/messages.js'
import { operations, type WireParams } from '../../src/protocol/operations.js'
import { exportKinds } from '../../src/protocol/operations/transfer.js'
import type { BindParams, Connection, WriteConnection } from '../../src/workers/connection/connection.js'
import { runReadMessage, runWriteMessage } from '../../src/workers/dispatch.js'
import { openReadConnection, openWriteConnection } from '../../src/workers/connection/open.js'
import { checkEveryRow } from '../../src/workers/connection/row-checks.js'
import { followUnindexedMessages } from '../../src/workers/tables/indexed-messages.js'
import { temporaryFolder } from '../support/databases.js'

const message = { messageId: 'm1', channelId: 'c', userId: 'u', content: 'hi', timestamp: 1 }
function columnsOf(row: typeof message): MessageColumns {
  const columns = emptyColumns()
  append(columns, row)
  return columns
}
const segment = { segmentId: 's1', channelId: 'c', startTime: 0, endTime: 5 }
/** At the first message; there are late ones behind it. */
const stepCursor = (step: bigint): string =>
  Buffer.from(new BigInt64Array([step, 5n, 9n, 0n, 0n]).buffer).toString('base64url')
const pages = [{ limit: 1 }, { limit: 1, order: 'asc' as const }]
const cursor = Buffer.from('1.1').toString('base64url')
const resumed = [...pages, ...pages.map((page) => ({ ...page, cursor }))]

/** Calls that together run every statement of the API. The compiler names every operation that is missing. */
const samples: { readonly [N in OperationName]: readonly WireParams<N>[] } = {
  upsertChannel: [{ channelId: 'c', name: '#c' }, { channelId: 'c' }],
  storeMessage: [message, { ...message, content: 'again' }, { ...message, messageId: 'm0' }],
  addMessages: [{ columns: columnsOf({ ...message, messageId: 'm2' }) }],
  updateMessage: [
    { messageId: 'm1', timestamp: 2 },
    { messageId: 'm1', content: 'changed' },
  ],
  upsertUser: [{ userId: 'u', displayName: 'Ada' }],
  recordActivity: [{ userId: 'v', timestamp: 1 }],
  updateProfile: [{ userId: 'u', profile: '{}' }],
  createConversationSegment: [segment],
  createSegmentWithMessages: [{ ...segment, segmentId: 's2', messages: ['m1'] }],
  addMessageToSegment: [
    { segmentId: 's1', messageId: 'm1' },
    { segmentId: 's1', messageId: 'm1', position: 4 },
  ],
  addMessagesToSegment: [{ segmentId: 's1', messages: ['m2'] }],
  updateConversationSegment: [{ segmentId: 's1', summary: 'tea' }],
  getSegmentingStep: [
    { channelId: 'c', strategy: 'gap-30', window: 5 },
    { channelId: 'c', strategy: 'gap-30', window: 5, limit: 1 },
  ],
  applySegmentingStep: [
    {
      channelId: 'c',
      strategy: 'gap-30',
      cursor: stepCursor(1n),
      messages: [{ messageId: 'm1', segmentId: 'gap-30:1', isNew: true }],
    },
    {
      channelId: 'c',
      strategy: 'gap-30',
      cursor: stepCursor(2n),
      messages: [{ messageId: 'm2', segmentId: 'gap-30:1', contributionScore: 0.5 }],
    },
  ],
  storeEmbeddings: [
    {
      embeddings: [{ ownerType: 'message', ownerId: 'm1', model: 'mini', vector: Float32Array.of(1) }],
      leaseId: '1',
    },
    {
      embeddings: [
        { ownerType: 'message', ownerId: 'm1', model: 'mini', vector: Float32Array.of(1) },
        { ownerType: 'segment', ownerId: 's1', model: 'mini', vector: Float32Array.of(1) },
      ],
    },
  ],
  leaseEmbeddings: [
    { model: 'mini', owner: 'message' },
    { model: 'mini', owner: 'segment' },
    { model: 'new', owner: 'message', leaseMs: 1 },
    { model: 'new', owner: 'segment', leaseMs: 1 },
  ],
  releaseEmbeddings: [
    { model: 'new', owner: 'message', leaseId: '1', ownerIds: ['m1'] },
    { model: 'new', owner: 'segment', leaseId: '1', ownerIds: ['s1'] },
  ],
  embeddingProgress: [
    { model: 'mini', owner: 'message' },
    { model: 'new', owner: 'segment' },
  ],
  getChannel: [{ channelId: 'c' }],
  listChannels: resumed,
  getMessages: resumed.map((page) => ({ channelId: 'c', before: 9, after: 0, ...page })),
  getMessagesByIds: [{ messageIds: ['m1'] }],
  getMessageContext: [{ messageId: 'm1' }],
  countExpiredMessages: [
    { olderThan: 9, keepPinned: true },
    { olderThan: 9, channelId: 'c', keepPinned: true },
  ],
  countMessages: [{}, { channelId: 'c' }, { channelId: 'c', after: 0 }, { before: 5 }],
  searchMessages: [
    { text: 'hi "hi hi" -tea from:u in:c after:1970', match: 'any', messageType: 'message' },
    { text: 'changed', order: 'time', userId: 'u', highlight: true },
    { text: 'h*', channelIds: ['c'] },
  ],
  getConversationSegment: [{ segmentId: 's1' }],
  getConversationSegments: resumed.map((page) => ({ channelId: 'c', ...page })),
  getOverlappingSegments: resumed.map((page) => ({ channelId: 'c', startTime: 0, endTime: 9, ...page })),
  getSegmentMessages: [{ segmentId: 's1' }],
  getSegmentMessageIds: [{ segmentIds: ['s1'] }],
  getEmbeddings: [
    { ownerType: 'message', ownerIds: ['m1'], model: 'mini' },
    { ownerType: 'segment', ownerIds: ['s1'] },
  ],
  searchByVector: (['message', 'segment'] as const).flatMap((owner) =>
    [true, false].flatMap((exact) => [
      { model: 'mini', vector: Float32Array.of(1), owner, exact },
      { model: 'mini', vector: Float32Array.of(1), owner, exact, channelIds: ['c'], before: 9 },
      ...(owner === 'message'
        ? [{ model: 'mini', vector: Float32Array.of(1), owner, exact, userId: 'u' }]
        : []),
    ]),
  ),
  getUser: [{ userId: 'u' }],
  getUsers: [{ userIds: ['u'] }],
  searchByDisplayName: [{ query: 'ad', limit: 1 }],
  getProfile: [{ userId: 'u' }],
  listChanges: [{}, { after: 'c0.0' }, { after: 'c0.0', channelId: 'c', limit: 3 }],
  countRows: [{}],
  exportRows: exportKinds.flatMap((kind) => [{ kind }, { kind, channelId: 'c' }]),
  importForgottenUsers: [{ users: [{ userHash: 'a'.repeat(64), forgottenAt: 1 }] }],
  importModels: [{ models: [{ model: 'mini', dimension: 1 }] }],
  importUserActivity: [
    { users: [{ userId: 'u', messageCount: 1, firstSeen: 1 }] },
    { users: [{ userId: 'new', messageCount: 0, firstSeen: 1, deletedAt: 1 }] },
  ],
  deleteEmbeddings: [
    { ownerType: 'message', ownerIds: ['m1'], model: 'mini' },
    { ownerType: 'segment', ownerIds: ['s1'] },
  ],
  deleteConversationSegment: [{ segmentId: 's1' }],
  deleteMessages: [{ messageIds: ['m0'] }],
  deleteUser: [{ userId: 'u' }, { userId: 'v' }],
  forgetUser: [{ userId: 'u' }, { userId: 'w', mayReturn: true }],
  deleteExpiredMessages: [
    { olderThan: 9, keepPinned: true },
    { olderThan: 9, channelId: 'c' },
  ],
  deleteChannel: [{ channelId: 'c' }],
  releaseSpace: [{}],
  checkpoint: [{}],
  optimize: [{}],
}

/** Counting the rows of a whole table reads it whole; there is nothing to seek. */
const countsWholeTables: ReadonlySet<OperationName> = new Set(['countRows', 'embeddingProgress'])
/** Sums over channels, a table as long as the list of channels; no message is read that is not counted. */
const readsEveryChannel = /^SCAN (main\.)?channels( USING .*)?$/
/** A SELECT without a table, pragmas, the list of ids that the caller asked for, and the fields of one JSON text. */
const readsNoTable =
  /^SCAN (CONSTANT ROW|pragma_\w+ VIRTUAL TABLE INDEX 0:|(asked|fields) VIRTUAL TABLE INDEX 1:)$/
/** A merge sorts and groups the unindexed messages, of which there is a bounded number. */
const readsUnindexedMessages: ReadonlySet<string> = new Set(['SCAN unindexed'])
const isIndexing = (sql: string): boolean => sql.includes('FROM messages WHERE message_key > ?')
/** The caller's own order, which no index has. */
const sortsAsAsked = (sql: string): boolean => sql.includes('ORDER BY asked.key')

interface Step {
  readonly name: OperationName
  readonly plan: readonly string[]
}

let connection: Connection
/** One of `verifyReads`, which has views in the tables' places. */
let checking: Connection
const steps: Step[] = []

/** Notes the plan of every statement before it runs, as it would run. */
function watch(name: OperationName, watched: Connection = connection): WriteConnection {
  const note = (sql: string, params: BindParams = []): void => {
    if (/^\s*PRAGMA/.test(sql)) return
    const rows = watched.prepareOnce(`EXPLAIN QUERY PLAN ${sql}`).all(params)
    const details = rows.map((row) => String(Reflect.get(Object(row), 'detail')))
    const plan = details.filter(
      (detail) => !(detail.includes('USE TEMP B-TREE') && (isIndexing(sql) || sortsAsAsked(sql))),
    )
    steps.push({ name, plan })
  }
  return {
    memory: watched.memory,
    get inTransaction() {
      return watched.inTransaction
    },
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
      !readsEveryChannel.test(detail),
  )
  const sorts = plans.filter((detail) => detail.includes('USE TEMP B-TREE'))
  expect([...scans, ...sorts]).toEqual(countsWholeTables.has(name) ? expect.any(Array) : [])
})

it('sees the statements of every operation', () => {
  const seen = new Set(steps.map((step) => step.name))
  expect(names.filter((name) => !seen.has(name)).toSorted()).toEqual(['checkpoint'])
})

it('would notice a scan', () => {
  const rows = connection.prepareOnce(`EXPLAIN QUERY PLAN SELECT 1 FROM messages WHERE content = 'x'`).all([])
  expect(rows).toMatchObject([{ detail: 'SCAN messages' }])
})
