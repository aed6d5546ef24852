import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { askingForJson, operationMessage } from '../../src/protocol/messages.js'
import type { ReadOperationName, WireParams } from '../../src/protocol/operations.js'
import type { WriteMessage } from '../../src/protocol/requests.js'
import type { Connection } from '../../src/workers/connection/connection.js'
import { openReadConnection } from '../../src/workers/connection/open.js'
import { runReadMessage } from '../../src/workers/dispatch.js'
import { verifyFile } from '../../src/workers/file-jobs/verify/verify-file.js'
import { BorrowedConnection } from '../../src/workers/lease/borrowed-connection.js'
import { followUnindexedMessages } from '../../src/workers/tables/indexed-messages.js'
import { commitIndexing } from '../../src/workers/writer/group-commit.js'
import { temporaryFolder } from '../support/databases.js'
import { randomNumbers } from '../support/random-numbers.js'
import { SmallTransactions } from '../support/small-transactions.js'

/** How many messages a round has that begins with small transactions. */
const round = 4_096
const many = { channels: 5, users: 90 }

const open = (path: string): Connection =>
  openReadConnection({
    path,
    create: false,
    readOnly: true,
    durability: 'normal',
    busyTimeoutMs: 1_000,
    cacheSizeKib: 4_096,
    walAutocheckpointPages: 4_000,
    search: true,
  })

/** A file, who writes it, and a reader that goes on reading it. */
class Side {
  readonly path: string
  readonly writer: SmallTransactions
  readonly reader: Connection

  constructor(folder: string, name: string) {
    this.path = join(folder, `${name}.db`)
    this.writer = new SmallTransactions(this.path)
    this.reader = open(this.path)
  }

  close(): void {
    this.reader.close()
    this.writer.connection.close()
  }
}

/** In one rounds go on; in the other all is indexed in bulk after each step, so that nobody ever finds a round there. */
let inRounds: Side
let inBulk: Side
let sides: readonly Side[]
beforeEach(async () => {
  // One time for both, and no page ends because the machine is slow.
  vi.useFakeTimers({ toFake: ['Date', 'performance'] })
  const folder = await temporaryFolder()
  inRounds = new Side(folder, 'rounds')
  inBulk = new Side(folder, 'bulk')
  sides = [inRounds, inBulk]
})
afterEach(() => {
  for (const side of sides) side.close()
  vi.useRealTimers()
})

function inBoth<Value>(work: (side: Side) => Value): Value {
  const [ended, ended2] = sides.map(work)
  expect(ended).toEqual(ended2)
  expect(commitIndexing(inBulk.writer.connection)).toMatchObject({ ok: true })
  if (ended === undefined) throw new Error('There are two sides')
  return ended
}

/** So many a transaction where rounds go on; of the other file each indexing is one. */
const storeMore = (count: number, together: number): true =>
  inBoth((side) => {
    side.writer.store(count, side === inRounds ? together : count, many)
    return true
  })

/** The same question in JSON, of one snapshot. */
function ask<Name extends ReadOperationName>(
  connection: Connection,
  name: Name,
  params: WireParams<Name>,
): string {
  connection.run('BEGIN')
  try {
    followUnindexedMessages(connection)
    const answer = runReadMessage(
      connection,
      askingForJson(operationMessage(name, params), 'json', undefined),
    )
    if (!(answer instanceof Uint8Array)) throw new Error('It is no JSON')
    return new TextDecoder().decode(answer)
  } finally {
    connection.run('COMMIT')
  }
}

function answersOf(connection: Connection, below: (end: number) => number): string[] {
  const channelId = `c${below(many.channels)}`
  const order = below(2) === 0 ? 'asc' : 'desc'
  const users = Array.from({ length: 8 }, () => `u${below(many.users)}`)
  const after = below(4_000)
  return [
    ...[{}, { messageType: 'message' }, { messageType: 'joined' }, { messageType: 'left' }, { after }].map(
      (only) => ask(connection, 'getMessages', { channelId, order, limit: 1 + below(1_000), ...only }),
    ),
    ask(connection, 'countMessages', { channelId }),
    ask(connection, 'countMessages', { channelId, after }),
    ask(connection, 'countMessages', { after }),
    ask(connection, 'countMessagesBy', { channelId, by: 'hour', order }),
    ask(connection, 'countUnread', { channelId, after }),
    ask(connection, 'countExpiredMessages', { channelId, olderThan: after, keepPinned: true }),
    ask(connection, 'listChannels', {}),
    ask(connection, 'listUsersByActivity', { order, limit: many.users + 10 }),
    ask(connection, 'exportRows', { kind: 'activity' }),
    ask(connection, 'exportRows', { kind: 'channel' }),
    ...users.flatMap((userId) => [
      ask(connection, 'getUser', { userId }),
      ask(connection, 'getUserMessages', { userId, order, limit: 1 + below(300) }),
      ask(connection, 'getUserMessages', { userId, channelId, limit: 300 }),
      ask(connection, 'countMessagesBy', { userId, by: 'day' }),
      ask(connection, 'searchMessages', { text: 'again', userId, order: 'time' }),
    ]),
  ]
}

const borrowed = [
  'SELECT channel_id, message_count, last_active FROM channels ORDER BY channel_key',
  'SELECT user_id, message_count, first_seen, last_active FROM users ORDER BY user_key',
  'SELECT * FROM channel_messages ORDER BY channel_key, timestamp, message_key',
  'SELECT * FROM user_messages ORDER BY block, user_key, timestamp, message_key',
]

function borrowedRows(path: string): unknown {
  const connection = open(path)
  const lease = new BorrowedConnection(connection, 'read')
  lease.begin()
  try {
    return borrowed.map((sql) => lease.all(sql, []))
  } finally {
    lease.rollback()
    connection.close()
  }
}

/** A reader that has seen all rounds by then, a new one, a borrower, and `verify`. */
function expectEqual(seed: number): void {
  const answers = (connection: Connection): string[] => answersOf(connection, randomNumbers(seed).below)
  const expected = answers(inBulk.reader)
  expect(answers(inRounds.reader)).toEqual(expected)
  const newReader = open(inRounds.path)
  expect(answers(newReader)).toEqual(expected)
  newReader.close()
  expect(borrowedRows(inRounds.path)).toEqual(borrowedRows(inBulk.path))
  const { problems } = verifyFile(
    { path: inRounds.path, busyTimeoutMs: 1_000, maxProblems: 5 },
    () => undefined,
  )
  expect(problems).toEqual([])
}

type Random = ReturnType<typeof randomNumbers>

/** Changes of messages of the round and of others. */
function changeSome({ below }: Random, stored: number): WriteMessage[] {
  const number = (): number => stored - 1 - below(1.5 * round)
  const recent = (): string => `m${number()}`
  /** Of another type than most. */
  const special = (): string => `m${10 * Math.floor(number() / 10)}`
  const message = (messageId: string) => ({
    messageId,
    channelId: `c${below(many.channels)}`,
    userId: `u${below(many.users + 5)}`,
    content: 'again',
    timestamp: below(5_000),
    messageType: ['message', 'joined', 'left'][below(3)] ?? 'message',
  })
  const changes = [
    () => operationMessage('deleteMessages', { messageIds: [recent()] }),
    () => operationMessage('storeMessage', message(recent())),
    () => operationMessage('updateMessage', { messageId: special(), messageType: 'left', editedAt: 1 }),
    () => operationMessage('updateMessage', { messageId: recent(), timestamp: below(5_000), editedAt: 1 }),
  ]
  const others = [
    () => operationMessage('deleteChannel', { channelId: `c${below(many.channels)}` }),
    () => operationMessage('deleteUser', { userId: `u${below(many.users)}` }),
    () => operationMessage('forgetUser', { userId: `u${below(many.users)}`, mayReturn: true }),
    () => operationMessage('deleteExpiredMessages', { olderThan: below(200) }),
    // It fails, so that everything is done once more, with a savepoint each.
    () => operationMessage('updateMessage', { messageId: 'none', messageType: 'left' }),
  ]
  const chosen = Array.from({ length: 1 + below(40) }, () => changes[below(changes.length)])
  return [...chosen, others[below(3 * others.length)]].flatMap((change) => change?.() ?? [])
}

/** What another program does to the file, past ConvoDB. */
function deleteElsewhere(path: string, messageId: string): number {
  const database = new Database(path)
  const { changes: deleted } = database.prepare('DELETE FROM messages WHERE message_id = ?').run(messageId)
  database.close()
  return deleted
}

const change = (seed: number): void =>
  void inBoth(({ writer }) => writer.commit(changeSome(randomNumbers(seed), inRounds.writer.stored)))

/** As when nothing has come for a while. */
const indexAll = (): void => expect(commitIndexing(inRounds.writer.connection)).toMatchObject({ ok: true })

const isFilled = (): boolean => inRounds.writer.connection.memory.round?.isFilled ?? false
const isCounting = (): boolean => inRounds.writer.one('SELECT counted_user_key FROM indexed_messages') !== 0

/** Where a round is: it has entries of channels, of users, too, some users are counted, or all is there. */
const places = [
  ({ below }: Random) => storeMore(1 + below(800), 1 + below(90)),
  ({ below }: Random) => storeMore(1_100 + below(800), 1 + below(90)),
  () => {
    while (!isCounting()) storeMore(8, 4)
  },
  () => {
    while (!isFilled()) storeMore(60, 20)
  },
]

it.each([1, 2])('a file in the middle of rounds is read as one that is indexed in bulk (%i)', (seed) => {
  const random = randomNumbers(seed)
  places.forEach((bringThere, place) => {
    const step = 10 * seed + place
    storeMore(300, 20)
    expectEqual(step)
    change(step)
    expectEqual(step)
    indexAll()
    storeMore(round, 200)
    bringThere(random)
    expectEqual(step)
    if (isFilled()) inRounds.writer.tidy()
    const next = random.below(6)
    if (next === 0) inRounds.writer.connection.memory.forget()
    else if (next === 1) inBoth(({ path, writer }) => deleteElsewhere(path, `m${writer.stored - 3_000}`))
    else change(100 + step)
    expectEqual(step)
    storeMore(random.below(2) === 0 ? 100 : 2_400, 50)
    inRounds.writer.tidy()
    expectEqual(step)
  })
})
