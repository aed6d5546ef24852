import { checkedColumns, checkedMessageColumns, keys } from '../checksum-triggers.js'
import type { Check, Inspection } from './inspection.js'
import * as walks from './walk.js'

interface CheckedTable {
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

const tables: readonly CheckedTable[] = [
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
    for (const table of tables) checkTable(inspection, table)
  },
}

function checkTable(inspection: Inspection, { walk, firstKey, key, checksum }: CheckedTable): void {
  const { connection } = inspection
  const inRange = `FROM ${walk.table} WHERE ${firstKey} > :after AND ${firstKey} <= :through`
  const countRows = `SELECT count(*) ${inRange}`
  const selectWrong = `SELECT ${key} AS key ${inRange} AND checksum IS NOT ${checksum} LIMIT :room`
  walks.walk(inspection, walk, (range) => {
    const [rows = 0] = connection.column<number>(countRows, { ...range })
    inspection.checkedRows += rows
    const wrong = connection.all<{ key: unknown }>(selectWrong, { ...range, room: inspection.room })
    inspection.reportRows(walk.table, wrong, message)
  })
}
