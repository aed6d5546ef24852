import { countLostCommits } from '../../writer/owner-lock.js'
import { readCommits } from '../../tables/committed-batches.js'
import type { Check, Inspection } from './inspection.js'

// One row each, with id 1, in a good file.
const selectIndexed = `SELECT id, max(last_key, round_key) AS lastKey FROM indexed_messages LIMIT 2`
const selectIndexedWords = `SELECT id, last_key AS lastKey FROM indexed_words LIMIT 2`
const selectDeleted = `SELECT id, last_key AS lastKey FROM deleted_message_keys LIMIT 2`
const countCodings = `SELECT count(*) FROM vector_coding WHERE id = 1`
const countFoldings = `SELECT count(*) FROM name_folding WHERE id = 1`
const selectLastMessage = `SELECT max(message_key) FROM messages`
// AUTOINCREMENT hands out keys beyond what sqlite_sequence says.
const unallocated = `
  SELECT 'channels' AS tableName, max(channel_key) AS lastKey FROM channels
  HAVING max(channel_key) > coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'channels'), 0)
  UNION ALL
  SELECT 'users', max(user_key) FROM users
  HAVING max(user_key) > coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'users'), 0)
  UNION ALL
  SELECT 'conversation_segments', max(segment_key) FROM conversation_segments
  HAVING max(segment_key) > coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'conversation_segments'), 0)
  UNION ALL
  SELECT 'vector_blocks', max(block_key) FROM vector_blocks
  HAVING max(block_key) > coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'vector_blocks'), 0)`
// They are trimmed at the start only, and each tells how many messages there were by then.
const wrongChanges = `
  SELECT 'Some are missing' AS message
  FROM (SELECT count(*) AS count, max(change_id) - min(change_id) + 1 AS expected FROM changes) WHERE count <> expected
  UNION ALL
  SELECT 'It tells of messages that never were'
  FROM (SELECT max(message_key) AS lastKey FROM changes) WHERE lastKey > :lastKey`
// A tombstone is a SHA-256.
const wrongTombstones = `
  SELECT hex(user_hash) AS key FROM forgotten_users
  WHERE typeof(user_hash) <> 'blob' OR length(user_hash) <> 32 LIMIT :room`

interface LastKey {
  readonly id: number
  readonly lastKey: number
}

/** The few numbers of ConvoDB's own that rows are found and keys handed out by. */
export const bookkeeping: Check = {
  name: 'bookkeeping',
  snapshot: 'check',
  run(inspection) {
    const { connection } = inspection
    const indexed = readOnly(inspection, 'indexed_messages', selectIndexed)
    const indexedWords = readOnly(inspection, 'indexed_words', selectIndexedWords)
    const deleted = readOnly(inspection, 'deleted_message_keys', selectDeleted)
    const lastMessage = connection.column<number | null>(selectLastMessage)[0] ?? 0
    for (const [table, lastKey] of [
      ['indexed_messages', indexed],
      ['indexed_words', indexedWords],
    ] as const) {
      if (lastKey <= Math.max(lastMessage, deleted)) continue
      inspection.report({ table, key: '1', message: 'It tells of messages that never were' })
    }
    if (connection.column<number>(countFoldings)[0] !== 1) {
      inspection.report({ table: 'name_folding', message: 'It should have one row' })
    }
    if (connection.column<number>(countCodings)[0] !== 1) {
      inspection.report({ table: 'vector_coding', message: 'It should have one row' })
    }
    for (const { tableName: table, lastKey } of connection.all<{ tableName: string; lastKey: number }>(
      unallocated,
    )) {
      inspection.report({ table, key: String(lastKey), message: 'The key was never handed out' })
    }
    const lastKey = Math.max(lastMessage, deleted, indexed)
    for (const message of connection.column<string>(wrongChanges, { lastKey }))
      inspection.report({ table: 'changes', message })
    const lost = countLostCommits(inspection.mark, readCommits(connection))
    if (lost > 0) {
      const message = `${lost} commits that the last owner acknowledged are missing: the log is damaged`
      inspection.report({ table: 'committed_batches', message })
    }
    const tombstones = connection.all<{ key: string }>(wrongTombstones, { room: inspection.room })
    inspection.reportRows('forgotten_users', tombstones, 'The tombstone is no hash of an id')
  },
}

/** The one row's number; reports where there is not exactly one. */
function readOnly(inspection: Inspection, table: string, sql: string): number {
  const [row, another] = inspection.connection.all<LastKey>(sql)
  if (row?.id === 1 && another === undefined) return row.lastKey
  inspection.report({ table, message: 'It should have one row' })
  return 0
}
