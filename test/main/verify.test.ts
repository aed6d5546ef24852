import { once } from 'node:events'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { verifyDatabase } from 'convodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyFile } from '../../src/workers/file-jobs/verify/verify-file.js'
import { expectError, message, temporaryDatabase, temporaryFolder } from '../support/databases.js'
import { damagedCopy } from '../support/damaged-file.js'
import { filled, makeFilledDatabase } from '../support/filled-database.js'

let folder: string
let good: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'convodb-test-'))
  good = join(folder, 'good.db')
  await makeFilledDatabase(good)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A copy of the good file on which SQL was run by hand. */
const damagedFile = (...steps: readonly string[]): Promise<string> => damagedCopy(good, ...steps)

describe('a good file', () => {
  it('is ok, and every row was compared', async () => {
    const path = await damagedFile('')
    const { elapsedMs, ...report } = await verifyDatabase(path)
    const database = new Database(path, { readonly: true })
    const count = (table: string) =>
      database.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0
    const tables = ['channels', 'users', 'messages', 'user_profiles', 'conversation_segments']
    const rows = [...tables, 'segment_messages', 'embeddings', 'message_reactions', 'message_versions'].map(
      count,
    )
    database.close()
    expect(rows.every((number) => number > 0)).toBe(true)
    const checkedRows = rows.reduce((sum, number) => sum + number, 0)
    expect(report).toEqual({ path, isOk: true, problems: [], hasMoreProblems: false, checkedRows })
    expect(elapsedMs).toBeGreaterThanOrEqual(0)
  })

  it('is ok while messages are stored, changed and deleted', async () => {
    const db = await temporaryDatabase({ readers: 1 }, join(await temporaryFolder(), 'chat.db'))
    await db.addMessages(Array.from({ length: 20_000 }, (_, n) => message(`old ${n}`, { timestamp: n })))
    const over = new AbortController()
    const write = async (): Promise<void> => {
      for (let n = 0; !over.signal.aborted; n += 1) {
        const fields = { channelId: `channel ${n % 7}`, userId: `user ${n % 11}`, timestamp: n }
        await db.addMessages(Array.from({ length: 50 }, (_, at) => message(`${n}-${at}`, fields)))
        await db.updateMessage({ messageId: `${n}-1`, content: 'changed', timestamp: n + 5 })
        await db.deleteMessages([`${n}-2`, `old ${n}`])
        await db.users.upsertUser({ userId: `user ${n % 11}`, displayName: `Name ${n}` })
      }
    }
    const writing = write()
    try {
      for (let round = 0; round < 3; round += 1) {
        expect(await db.verify()).toMatchObject({ isOk: true, problems: [] })
      }
    } finally {
      over.abort()
      await writing
    }
    expect(await db.verify()).toMatchObject({ isOk: true, problems: [] })
  })

  it('is ok after an unclean end, with unindexed messages in the log', async () => {
    const path = join(await temporaryFolder(), 'chat.db')
    const db = await temporaryDatabase({ readers: 1 }, path)
    const stored = Array.from({ length: 50 }, (_, n) => message(`merged ${n}`))
    await db.addMessages(stored)
    await db.upsertChannel({ channelId: 'general', name: 'merges' })
    await db.addMessages(stored.map((_, n) => message(`recent ${n}`)))
    // As a crash at this moment would leave them.
    const left = `${path}-left`
    await copyFile(path, left)
    await copyFile(`${path}-wal`, `${left}-wal`)
    expect(await verifyDatabase(left)).toMatchObject({ isOk: true, problems: [] })
    const database = new Database(left, { readonly: true })
    const places = database.prepare('SELECT count(*) FROM channel_messages').pluck().get()
    database.close()
    expect(places).toBe(50)
  })

  it('may have a borrower’s own tables', async () => {
    const path = await damagedFile('CREATE TABLE notes (text); CREATE INDEX notes_by_text ON notes (text)')
    expect(await verifyDatabase(path)).toMatchObject({ isOk: true })
  })
})

describe('damage is found and named', () => {
  // Each is the control of its own check: the same file without it is ok, above.
  it.each([
    [
      'checksums',
      'messages',
      "UPDATE messages SET content = replace(content, 'w', 'W') WHERE message_id = 'message-5'",
    ],
    ['checksums', 'message_reactions', `UPDATE message_reactions SET reaction = 'x' WHERE reaction_key = 6`],
    [
      'checksums',
      'message_versions',
      `UPDATE message_versions SET content = content || '!' WHERE version_key = 2`,
    ],
    ['checksums', 'messages', 'UPDATE messages SET edited_at = 5 WHERE message_key = 4'],
    ['checksums', 'messages', 'UPDATE messages SET checksum = checksum + 1 WHERE message_key = 4'],
    ['checksums', 'channels', "UPDATE channels SET name = 'The general two' WHERE channel_id = 'general'"],
    ['checksums', 'users', 'UPDATE users SET metadata = \'{"n":99}\' WHERE user_key = 4'],
    ['checksums', 'user_profiles', "UPDATE user_profiles SET profile = '{}' WHERE user_key = 1"],
    [
      'checksums',
      'conversation_segments',
      "UPDATE conversation_segments SET summary = 'What' WHERE segment_key = 4",
    ],
    [
      'checksums',
      'segment_messages',
      'UPDATE segment_messages SET contribution_score = 9 WHERE segment_key = 2 AND position = 3',
    ],
    ['checksums', 'embeddings', 'UPDATE embeddings SET vector = zeroblob(128) WHERE embedding_key = 7'],
    ['counters', 'channels', 'UPDATE channels SET message_count = message_count + 1 WHERE channel_key = 1'],
    ['counters', 'users', 'UPDATE users SET message_count = message_count - 1 WHERE user_key = 4'],
    [
      'counters',
      'conversation_segments',
      'UPDATE conversation_segments SET message_count = 3 WHERE segment_key = 4',
    ],
    ['counters', 'channels', 'UPDATE channels SET last_active = 7 WHERE channel_key = 2'],
    ['places', 'messages', 'DELETE FROM channel_messages WHERE message_key = 30'],
    ['places', 'channel_messages', 'INSERT INTO channel_messages VALUES (1, 5, 30)'],
    ['places', 'channel_messages', 'UPDATE channel_messages SET timestamp = 5 WHERE message_key = 30'],
    ['typedMessages', 'messages', 'DELETE FROM typed_messages'],
    ['typedMessages', 'typed_messages', 'UPDATE typed_messages SET timestamp = 5 WHERE message_key = 8'],
    ['userMessages', 'messages', 'DELETE FROM user_messages WHERE message_key = 30'],
    ['userMessages', 'user_messages', 'INSERT INTO user_messages VALUES (0, 1, 5, 30, 1)'],
    ['userMessages', 'messages', 'UPDATE user_messages SET timestamp = 5 WHERE message_key = 30'],
    ['userMessages', 'messages', 'UPDATE user_messages SET channel_key = 99 WHERE message_key = 30'],
    ['userMessages', 'messages', 'UPDATE block_times SET latest = earliest'],
    ['userMessages', 'block_times', 'INSERT INTO block_times VALUES (999, 0, 0)'],
    ['names', 'user_name_suffixes', "DELETE FROM user_name_suffixes WHERE suffix = 'lovelace 0'"],
    ['names', 'users', "UPDATE users SET display_name = 'Ada Byron' WHERE user_key = 1"],
    ['names', 'users', 'UPDATE users SET folded_name = NULL WHERE user_key = 1'],
    ['names', 'user_name_suffixes', "INSERT INTO user_name_suffixes VALUES ('nobody', 1)"],
    ['bookkeeping', 'indexed_words', 'UPDATE indexed_words SET last_key = 999999'],
    ['references', 'messages', 'DELETE FROM channels WHERE channel_key = 3'],
    ['references', 'messages', 'DELETE FROM users WHERE user_key = 9'],
    [
      'references',
      'segment_messages',
      'UPDATE conversation_segments SET channel_key = 2 WHERE segment_key = 1',
    ],
    ['vectors', 'embeddings', 'UPDATE embedding_models SET dimension = 33'],
    [
      'vectors',
      'conversation_segments',
      "UPDATE conversation_segments SET vector = x'0011' WHERE segment_key = 1",
    ],
    ['vectorBlocks', 'vector_blocks', 'UPDATE vector_blocks SET channel_key = channel_key + 1'],
    ['vectorBlocks', 'embeddings', 'DELETE FROM blocked_vectors WHERE embedding_key = 7'],
    ['vectorBlocks', 'embeddings', 'INSERT INTO unblocked_vectors VALUES (7)'],
    ['vectorBlocks', 'blocked_vectors', 'DELETE FROM vector_blocks'],
    ['bookkeeping', 'indexed_messages', 'DELETE FROM indexed_messages'],
    ['bookkeeping', 'indexed_messages', 'UPDATE indexed_messages SET last_key = 999999'],
    ['bookkeeping', 'deleted_message_keys', 'INSERT INTO deleted_message_keys VALUES (2, 5)'],
    ['bookkeeping', 'name_folding', 'DELETE FROM name_folding'],
    [
      'bookkeeping',
      'changes',
      'DELETE FROM changes WHERE change_id = (SELECT max(change_id) - 1 FROM changes)',
    ],
    ['bookkeeping', 'changes', 'UPDATE changes SET message_key = 9999999 WHERE change_id = 2'],
    ['bookkeeping', 'channels', "UPDATE sqlite_sequence SET seq = 1 WHERE name = 'channels'"],
    ['bookkeeping', 'forgotten_users', "UPDATE forgotten_users SET user_hash = x'00'"],
    ['foreignKeys', 'embeddings', 'DELETE FROM conversation_segments WHERE segment_key = 5'],
    ['schema', 'messages', 'CREATE TRIGGER messages_delete AFTER DELETE ON messages BEGIN SELECT 1; END'],
    ['schema', 'embeddings', 'DROP INDEX embeddings_by_segment'],
    ['schema', 'messages', 'CREATE INDEX messages_by_user ON messages (user_key)'],
  ])('%s, %s: %s', async (check, table, sql) => {
    // In this thread: starting one takes ten times as long.
    const path = await damagedFile(sql)
    const { isOk, problems } = verifyFile({ path, busyTimeoutMs: 1_000, maxProblems: 1_000 }, () => undefined)
    expect(isOk).toBe(false)
    expect(problems).toContainEqual(expect.objectContaining({ check, table }))
  })

  it('integrity: an index that is not what its table is', async () => {
    const edit = (from: string, to: string) =>
      `UPDATE sqlite_schema SET sql = replace(sql, '${from}', '${to}') WHERE name = 'embeddings_by_message'`
    const path = await damagedFile(
      edit('IS NOT NULL', 'IS NULL'),
      'DELETE FROM embeddings WHERE embedding_key = 7',
      'DELETE FROM vector_blocks; DELETE FROM blocked_vectors; DELETE FROM unblocked_vectors',
      'INSERT INTO unblocked_vectors SELECT embedding_key FROM embeddings',
      edit('IS NULL', 'IS NOT NULL'),
    )
    expect((await verifyDatabase(path)).problems).toEqual([
      { check: 'integrity', table: 'embeddings', message: expect.stringContaining('embeddings_by_message') },
    ])
  })

  it('activity, channels: numbers that are not what their stored check says', async () => {
    const edit = (from: string, to: string) =>
      `UPDATE sqlite_schema SET sql = replace(sql, '${from}', '${to}') WHERE name = 'channels'`
    // With another formula the column is stored wrong; then the formula is put back.
    const path = await damagedFile(
      edit('* 31 +', '* 37 +'),
      'UPDATE channels SET last_active = last_active WHERE channel_key = 2',
      edit('* 37 +', '* 31 +'),
    )
    expect((await verifyDatabase(path)).problems).toEqual([
      { check: 'activity', table: 'channels', key: '2', message: expect.any(String) },
    ])
  })

  it('by the row’s key', async () => {
    const path = await damagedFile("UPDATE messages SET content = 'other' WHERE message_key = 12")
    const { problems } = await verifyDatabase(path)
    expect(problems).toEqual([
      { check: 'checksums', table: 'messages', key: '12', message: expect.stringContaining('checksum') },
    ])
  })

  it('up to maxProblems; the report says that there are more', async () => {
    const path = await damagedFile('UPDATE messages SET checksum = 0')
    const some = await verifyDatabase(path, { maxProblems: 5 })
    expect(some).toMatchObject({ isOk: false, hasMoreProblems: true })
    expect(some.problems).toHaveLength(5)
    const all = await verifyDatabase(path, { maxProblems: 10_000 })
    expect(all).toMatchObject({ isOk: false, hasMoreProblems: false })
    expect(all.problems.length).toBeGreaterThan(filled.messageIds.length / 2)
  })

  it('in a file whose schema can not be read', async () => {
    const path = await damagedFile("UPDATE sqlite_schema SET sql = 'CREATE NOTHING' WHERE name = 'messages'")
    const { isOk, problems } = await verifyDatabase(path)
    expect(isOk).toBe(false)
    expect(problems[0]?.message).toContain('malformed')
  })
})

describe('what can not be verified', () => {
  it.each([
    ['NOT_FOUND', async () => join(await temporaryFolder(), 'missing.db')],
    ['CANNOT_OPEN', () => temporaryFolder()],
    ['NOT_A_CONVODB_FILE', () => damagedFile('PRAGMA application_id = 5')],
    ['NEWER_SCHEMA', () => damagedFile('PRAGMA user_version = 99')],
  ] as const)('is refused: %s', async (code, path) => {
    await expectError(verifyDatabase(await path()), code)
  })

  it.each([
    [{ maxProblems: 0 }, 'maxProblems'],
    [JSON.parse('{"onProgress":1}'), 'onProgress'],
    [JSON.parse('{"depth":1}'), 'depth'],
  ])('with the options %j: refused, naming %s', async (options, field) => {
    const db = await temporaryDatabase()
    await expectError(verifyDatabase('chat.db', options), 'INVALID_ARGUMENT', { field })
    await expectError(db.verify(options), 'INVALID_ARGUMENT', { field })
  })
})

describe('a verification under way', () => {
  it('tells how far it is, and ends with ABORTED when its signal says so', async () => {
    const path = await damagedFile('')
    const controller = new AbortController()
    const onProgress = (): void => controller.abort()
    await expectError(verifyDatabase(path, { signal: controller.signal, onProgress }), 'ABORTED')
    await expectError(verifyDatabase(path, { signal: AbortSignal.abort() }), 'ABORTED')
  })

  it('ends with what onProgress throws', async () => {
    const onProgress = (): void => {
      throw new RangeError('enough')
    }
    await expect(verifyDatabase(await damagedFile(''), { onProgress })).rejects.toThrow(RangeError)
  })

  it('ends with CLOSED when its database is closed, and leaves no file behind', async () => {
    const db = await temporaryDatabase()
    await db.storeMessage(message('1'))
    const started = new AbortController()
    const verifying = db.verify({ onProgress: () => started.abort() })
    const refused = expectError(verifying, 'CLOSED')
    await once(started.signal, 'abort')
    await db.close()
    await refused
    await expectError(db.verify(), 'CLOSED')
  })
})
