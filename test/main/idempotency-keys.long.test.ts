import { once, type EventEmitter } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { verifyDatabase, type BatchedOperation, type DatabaseManager } from 'convodb'
import { expect, it } from 'vitest'
import { damagedCopy } from '../support/damaged-file.js'
import { emptyLog, expectError, message, temporaryDatabase, temporaryFolder } from '../support/databases.js'

const add = (...ids: string[]): BatchedOperation => ({
  name: 'addMessages',
  params: { messages: ids.map((id) => message(id)) },
})
const rename = (displayName: string): BatchedOperation => ({
  name: 'upsertUser',
  params: { userId: 'ada', displayName },
})

const each = (db: DatabaseManager, operations: readonly BatchedOperation[], idempotencyKey: string) =>
  db.executeEach(operations, { idempotencyKey })

const databasePath = async (): Promise<string> => join(await temporaryFolder(), 'chat.db')

it('a request is known after a restart, and in a backup', async () => {
  const path = await databasePath()
  const operations = [add('m1', 'm2'), rename('Ada')]
  const db = await temporaryDatabase({}, path)
  const first = await each(db, operations, 'k')
  const backup = join(await temporaryFolder(), 'backup.db')
  await db.backup(backup)
  await db.close()
  for (const file of [path, backup]) {
    const again = await temporaryDatabase({}, file)
    expect(await each(again, operations, 'k')).toEqual(first)
    expect(first).toMatchObject([{ value: { inserted: 2 } }, { value: { displayName: 'Ada' } }])
    await again.close()
    expect(await verifyDatabase(file)).toMatchObject({ isOk: true })
  }
})

/** Makes the request from a thread of its own, over a port, as often as it is told; its answers come as one message. */
function startRequester(db: DatabaseManager, request: object): Worker {
  const port = db.createPort()
  const program = `
    const { parentPort, workerData: { port, operations, idempotencyKey } } = require('node:worker_threads')
    import('convodb').then(async ({ connectPort }) => {
      const db = await connectPort(port)
      parentPort.postMessage('ready')
      parentPort.once('message', async () => {
        const calls = Array.from({ length: 20 }, () => db.executeEach(operations, { idempotencyKey }))
        parentPort.postMessage(await Promise.all(calls))
        await db.close()
      })
    })`
  return new Worker(program, { eval: true, workerData: { port, ...request }, transferList: [port] })
}

const nextMessage = async (thread: EventEmitter): Promise<unknown> => (await once(thread, 'message'))[0]

it('a request is known whichever thread’s port it comes by, also at the same moment', async () => {
  const db = await temporaryDatabase()
  const operations = [add('m1'), rename('Ada')]
  const threads = [1, 2].map(() => startRequester(db, { operations, idempotencyKey: 'k' }))
  await Promise.all(threads.map(nextMessage))
  const ended = threads.map((thread) => once(thread, 'exit'))
  const asked = threads.map(nextMessage)
  for (const thread of threads) thread.postMessage('go')
  const own = await Promise.all(Array.from({ length: 20 }, () => each(db, operations, 'k')))
  const theirs: unknown[] = await Promise.all(asked)
  for (const answer of [own, ...theirs].flat()) {
    expect(answer).toMatchObject([{ value: { inserted: 1 } }, { value: { displayName: 'Ada' } }])
  }
  await Promise.all(ended)
  expect(await each(db, operations, 'k')).toEqual(own[0])
})

it('a database that is only read takes no request', async () => {
  const path = await databasePath()
  await (await temporaryDatabase({}, path)).close()
  const db = await temporaryDatabase({ readOnly: true }, path)
  await expectError(each(db, [add('m1')], 'k'), 'READ_ONLY')
})

/** Every file of the database, as raw bytes. */
async function rawBytes(path: string): Promise<string> {
  const folder = join(path, '..')
  const files = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name), 'latin1')),
  )
  return files.join('')
}

const traces = /sesame/

/** Answers of all kinds that hold a word of the user's, the longest in pages of their own. */
async function keepWords(db: DatabaseManager): Promise<void> {
  const words = (n: number): string => `open sesame ${'tea '.repeat(n)}`
  for (let n = 0; n < 40; n += 1) {
    await db.storeMessage(message(`m${n}`, { userId: 'sesame' }))
    const operations: BatchedOperation[] = [
      { name: 'updateMessage', params: { messageId: `m${n}`, content: words(n * 100) } },
      { name: 'upsertUser', params: { userId: 'sesame', displayName: words(1) } },
      { name: 'updateProfile', params: { userId: 'sesame', profile: { words: words(n) } } },
      { name: 'updateMessage', params: { messageId: `sesame ${n}` } },
      { name: 'getMessages', params: { channelId: 'general', limit: 3 } },
      { name: 'storeMessage', params: message(`sesame-${n}`, { userId: 'sesame' }) },
    ]
    await db.executeEach(operations, { idempotencyKey: `sesame each ${n}` })
    await db.batch([add(`sesame-${n}`), rename('open sesame')], { idempotencyKey: `sesame batch ${n}` })
    await expectError(
      db.batch([{ name: 'updateMessage', params: { messageId: `sesame ${n}` } }], { idempotencyKey: `${n}` }),
      'NOT_FOUND',
    )
  }
}

const forgettings: readonly (readonly [string, (db: DatabaseManager) => Promise<unknown>])[] = [
  ['forgetUser', (db) => db.forgetUser('sesame')],
  [
    'a keyed forgetUser',
    (db) => db.batch([{ name: 'forgetUser', params: { userId: 'sesame' } }], { idempotencyKey: 'sesame' }),
  ],
  [
    'SQL of a borrower’s that deletes',
    (db) =>
      db.withConnection((sql) => sql.run(`DELETE FROM messages WHERE message_id = 'm1'`), { mode: 'write' }),
  ],
]
it.each(forgettings)(
  '%s leaves nothing of the kept answers in the file or its log',
  async (_what, forget) => {
    const path = await databasePath()
    const db = await temporaryDatabase({}, path)
    await keepWords(db)
    await emptyLog(db)
    expect(await rawBytes(path)).toMatch(traces)
    await forget(db)
    // What they leave of the user elsewhere.
    await db.forgetUser({ userId: 'sesame', mayReturn: true })
    await db.forgetUser('ada')
    await emptyLog(db)
    expect(await rawBytes(path)).not.toMatch(traces)
    // Somebody who is forgotten is named by no later answer either.
    await db.forgetUser('sesame')
    const late: BatchedOperation = { name: 'upsertUser', params: { userId: 'sesame' } }
    const refused = [{ ok: false, error: { code: 'USER_FORGOTTEN' } }]
    expect(await each(db, [late], 'late')).toMatchObject(refused)
    expect(await each(db, [late], 'late')).toMatchObject(refused)
    await emptyLog(db)
    expect(await rawBytes(path)).not.toMatch(traces)
    expect(await db.verify()).toMatchObject({ isOk: true })
  },
)

it('each kind of deletion takes the kept texts along', async () => {
  const db = await temporaryDatabase()
  const segment = { segmentId: 's', channelId: 'general', startTime: 0, endTime: 1 }
  const borrow = (sql: string) => () =>
    db.withConnection((connection) => connection.run(sql), { mode: 'write' })
  const deletions: readonly (() => Promise<unknown>)[] = [
    () => db.deleteMessages(['m0']),
    () => db.applyRetention({ olderThan: 10 }),
    () => db.deleteConversationSegment('s'),
    () => db.deleteUser('ada'),
    () => db.deleteChannel('empty'),
    () => db.execute('importForgottenUsers', { users: [{ userHash: 'a'.repeat(64), forgottenAt: 1 }] }),
    borrow(`DELETE FROM user_profiles`),
    borrow(`DELETE FROM users WHERE user_id = 'bare'`),
  ]
  for (const [n, deleteSomething] of deletions.entries()) {
    await db.addMessages([message('m0'), message('m1', { timestamp: 1 })])
    await db.upsertChannel({ channelId: 'empty' })
    await db.updateProfile({ userId: 'nobody', profile: {} })
    await db.upsertUser({ userId: 'bare' })
    if (n === 2) await db.createConversationSegment(segment)
    const first = await each(db, [rename(`Ada ${n}`)], `k${n}`)
    expect(await each(db, [rename(`Ada ${n}`)], `k${n}`)).toEqual(first)
    await deleteSomething()
    const again = await each(db, [rename(`Ada ${n}`)], `k${n}`)
    expect(again, String(deleteSomething)).toMatchObject([{ ok: false, error: { code: 'ANSWER_NOT_KEPT' } }])
  }
})

it('a borrower may neither write what is remembered, nor hide it', async () => {
  const db = await temporaryDatabase()
  await each(db, [rename('Ada')], 'k')
  for (const sql of [
    'DELETE FROM idempotency_keys',
    'UPDATE idempotency_keys SET texts = NULL',
    'DROP TABLE idempotency_keys',
    'CREATE TEMP TABLE idempotency_keys (request_key INTEGER)',
    'CREATE TRIGGER t AFTER INSERT ON idempotency_keys BEGIN SELECT 1; END',
  ]) {
    const call = db.withConnection((connection) => connection.exec(sql), { mode: 'write' })
    await expectError(call, 'SQL_NOT_ALLOWED')
  }
  expect(await each(db, [rename('Ada')], 'k')).toMatchObject([{ ok: true }])
})

it('a damaged row is found, answers nobody, and keeps nobody else from being answered', async () => {
  const path = await databasePath()
  const db = await temporaryDatabase({}, path)
  await each(db, [rename('Ada')], 'k')
  await each(db, [add('m1')], 'whole')
  await db.close()
  for (const column of ['outcomes', 'texts', 'request_hash', 'made_at']) {
    const damaged = await damagedCopy(
      path,
      `UPDATE idempotency_keys SET ${column} = ${column === 'made_at' ? '5' : `x'ff'`} WHERE request_key = 1`,
    )
    const { problems } = await verifyDatabase(damaged)
    expect(problems).toContainEqual(
      expect.objectContaining({ check: 'checksums', table: 'idempotency_keys', key: '1' }),
    )
    const again = await temporaryDatabase({}, damaged)
    const [refused, known, stored] = await Promise.allSettled([
      each(again, [rename('Ada')], 'k'),
      each(again, [add('m1')], 'whole'),
      again.storeMessage(message('m2')),
    ])
    expect(refused).toMatchObject({ reason: { code: 'CORRUPT', details: { table: 'idempotency_keys' } } })
    expect(known).toMatchObject({ value: [{ value: { inserted: 1 } }] })
    expect(stored).toMatchObject({ status: 'fulfilled' })
  }
})
