import type { DamagedRow } from '../../../protocol/scrub.js'
import { checkedColumns, checkedMessageColumns, keys } from '../../connection/checksum-triggers.js'
import type { Connection } from '../../connection/connection.js'
import type { Check, Inspection } from './inspection.js'
import * as walks from './walk.js'

export type CheckedTableName = 'messages' | 'message_words' | keyof typeof checkedColumns

export interface CheckedTable {
  readonly walk: walks.WalkSql
  /** The columns of its key. */
  readonly keys: readonly [string, ...string[]]
  /** How a problem names the row. */
  readonly key: string
  readonly checksum: string
  /** How callers know the row. */
  readonly id: RowId
}

interface RowId {
  readonly field: string
  readonly sql: string
}

const blobs: ReadonlySet<string> = new Set(['vector', 'key_hash', 'request_hash', 'outcomes', 'texts'])

// Damage can make anything of a value. A text and a blob of the same bytes have the same sum.
const hasItsType = (column: string): string =>
  column === 'content'
    ? `typeof(content) = 'text'`
    : `typeof(${column}) <> '${blobs.has(column) ? 'text' : 'blob'}'`

/** The sum of a row's values, or NULL where one is of a type that is never stored there. */
const checksumOf = (sum: 'row_checksum' | 'message_checksum', columns: readonly string[]): string =>
  `iif(${columns.map(hasItsType).join(' AND ')}, ${sum}(${columns.join(', ')}), NULL)`

function tableOf(walk: walks.WalkSql, table: keyof typeof checkedColumns, id: RowId): CheckedTable {
  return {
    walk,
    keys: keys[table],
    key: keys[table].join(` || '/' || `),
    checksum: checksumOf('row_checksum', checkedColumns[table]),
    id,
  }
}

// Looked up only where a row is refused.
const userOfProfile = `(SELECT user_id FROM main.users WHERE users.user_key = user_profiles.user_key)`
const messageOf = (table: string): string =>
  `(SELECT message_id FROM main.messages WHERE messages.message_key = ${table}.message_key)`
const segmentOfMember = `(
  SELECT segment_id FROM main.conversation_segments AS segments WHERE segments.segment_key = segment_messages.segment_key)`
const ownerOfEmbedding = `coalesce(
  (SELECT message_id FROM main.messages WHERE messages.message_key = embeddings.message_key),
  (SELECT segment_id FROM main.conversation_segments AS segments WHERE segments.segment_key = embeddings.segment_key))`

/** Every table with a checksum in its rows. */
export const checkedTables: readonly CheckedTable[] = [
  {
    walk: walks.messagesByKey,
    keys: ['message_key'],
    key: 'message_key',
    // The id is not in the sum; a look-up by its index has found it, or verify compares the two.
    checksum: `iif(typeof(message_id) = 'text', ${checksumOf('message_checksum', checkedMessageColumns)}, NULL)`,
    id: { field: 'messageId', sql: 'message_id' },
  },
  tableOf(walks.channelsByKey, 'channels', { field: 'channelId', sql: 'channel_id' }),
  tableOf(walks.usersByKey, 'users', { field: 'userId', sql: 'user_id' }),
  tableOf(walks.profilesByKey, 'user_profiles', { field: 'userId', sql: userOfProfile }),
  tableOf(walks.segmentsByKey, 'conversation_segments', { field: 'segmentId', sql: 'segment_id' }),
  tableOf(walks.membersBySegment, 'segment_messages', { field: 'segmentId', sql: segmentOfMember }),
  tableOf(walks.reactionsByKey, 'message_reactions', {
    field: 'messageId',
    sql: messageOf('message_reactions'),
  }),
  tableOf(walks.versionsByKey, 'message_versions', {
    field: 'messageId',
    sql: messageOf('message_versions'),
  }),
  tableOf(walks.segmentingPlacesByKey, 'segmenting_places', { field: 'strategy', sql: 'strategy' }),
  tableOf(walks.embeddingPlacesByKey, 'embedding_places', { field: 'model', sql: 'model' }),
  tableOf(walks.embeddingsByKey, 'embeddings', { field: 'ownerId', sql: ownerOfEmbedding }),
  {
    walk: walks.wordsByPage,
    keys: ['page_key'],
    key: 'page_key',
    checksum: `iif(typeof(words) = 'blob', row_checksum(words), NULL)`,
    id: { field: 'pageKey', sql: 'page_key' },
  },
  tableOf(walks.requestsByKey, 'idempotency_keys', { field: 'requestKey', sql: 'request_key' }),
]

const message = 'The row is not what its checksum says'

/** Every row against its checksum. */
export const checksums: Check = {
  name: 'checksums',
  snapshot: 'slice',
  run(inspection) {
    for (const table of checkedTables) checkTable(inspection, table)
  },
}

/** Rows of a range of keys that are not what their checksums say, `room` of them at most. */
export function listWrongRows(
  connection: Connection,
  { walk, keys: [firstKey], key, checksum }: CheckedTable,
  range: walks.KeyRange,
  room: number,
): DamagedRow[] {
  const selectWrong = `
    SELECT ${key} AS key FROM main.${walk.table} WHERE ${firstKey} > :after AND ${firstKey} <= :through
      AND checksum IS NOT ${checksum} LIMIT :room`
  const rows = connection.all<{ key: unknown }>(selectWrong, { ...range, room })
  return rows.map((row) => ({ table: walk.table, key: String(row.key) }))
}

/** How many rows a range of keys has: fewer than asked for at the end, and more where rows share the first part of their key. */
export function countRows(
  connection: Connection,
  { walk, keys: [firstKey] }: CheckedTable,
  range: walks.KeyRange,
): number {
  const select = `SELECT count(*) FROM main.${walk.table} WHERE ${firstKey} > :after AND ${firstKey} <= :through`
  const [rows = 0] = connection.column<number>(select, { ...range })
  return rows
}

function checkTable(inspection: Inspection, checked: CheckedTable): void {
  const { connection } = inspection
  const { walk } = checked
  walks.walk(inspection, walk, (range) => {
    inspection.checkedRows += countRows(connection, checked, range)
    const wrong = listWrongRows(connection, checked, range, inspection.room)
    inspection.reportRows(walk.table, wrong, message)
  })
}
