import type { DamagedRow } from '../../protocol/scrub.js'
import { checkedColumns, checkedMessageColumns, keys } from '../checksum-triggers.js'
import type { Connection } from '../connection.js'
import type { Check, Inspection } from './inspection.js'
import * as walks from './walk.js'

export interface CheckedTable {
  readonly walk: walks.WalkSql
  readonly firstKey: string
  /** How a problem names the row. */
  readonly key: string
  readonly checksum: string
}

const tableOf = (walk: walks.WalkSql, table: keyof typeof checkedColumns): CheckedTable => ({
  walk,
  firstKey: keys[table][0],
  key: keys[table].join(` || '/' || `),
  checksum: `row_checksum(${checkedColumns[table].join(', ')})`,
})

/** Every table with a checksum in its rows. */
export const checkedTables: readonly CheckedTable[] = [
  {
    walk: walks.messagesByKey,
    firstKey: 'message_key',
    key: 'message_key',
    // Damage can make anything of a text, and the function takes nothing else.
    checksum: `iif(typeof(content) = 'text', message_checksum(${checkedMessageColumns.join(', ')}), NULL)`,
  },
  tableOf(walks.channelsByKey, 'channels'),
  tableOf(walks.usersByKey, 'users'),
  tableOf(walks.profilesByKey, 'user_profiles'),
  tableOf(walks.segmentsByKey, 'conversation_segments'),
  tableOf(walks.membersBySegment, 'segment_messages'),
  tableOf(walks.embeddingsByKey, 'embeddings'),
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
  { walk, firstKey, key, checksum }: CheckedTable,
  range: walks.KeyRange,
  room: number,
): DamagedRow[] {
  const selectWrong = `
    SELECT ${key} AS key FROM ${walk.table} WHERE ${firstKey} > :after AND ${firstKey} <= :through
      AND checksum IS NOT ${checksum} LIMIT :room`
  const rows = connection.all<{ key: unknown }>(selectWrong, { ...range, room })
  return rows.map((row) => ({ table: walk.table, key: String(row.key) }))
}

function checkTable(inspection: Inspection, checked: CheckedTable): void {
  const { connection } = inspection
  const { walk, firstKey } = checked
  const countRows = `SELECT count(*) FROM ${walk.table} WHERE ${firstKey} > :after AND ${firstKey} <= :through`
  walks.walk(inspection, walk, (range) => {
    const [rows = 0] = connection.column<number>(countRows, { ...range })
    inspection.checkedRows += rows
    const wrong = listWrongRows(connection, checked, range, inspection.room)
    inspection.reportRows(walk.table, wrong, message)
  })
}
