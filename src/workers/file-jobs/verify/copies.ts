import type { Inspection } from './inspection.js'
import { messagesByKey, walk } from './walk.js'

/** How to compare a table that repeats something of every indexed message. */
export interface CopySql {
  readonly table: string
  /** Binds :after, :through and :room: messages of the range that have no copy. */
  readonly missing: string
  /** Binds :lastKey. */
  readonly count: string
  /** Binds :after and :through: how many messages of the range have one. Default: all. */
  readonly countOriginals?: string
  /** Binds :after and :room: copies of what is no message, with keys behind that one. What is not indexed yet may have some (decision 62). */
  readonly extra: string
}

const selectLastKey = `SELECT last_key FROM indexed_messages WHERE id = 1`
const countMessages = `
  SELECT count(*) FROM messages WHERE message_key > :after AND message_key <= :through`

/** The last message that is in the copies and in the counters. */
export const lastIndexedKey = ({ connection }: Inspection): number =>
  connection.column<number>(selectLastKey)[0] ?? 0

/**
 * Compares both ways. When every message has its copy and there are as many copies as messages, there are no others; they
 * are looked for only when that is not so.
 */
export function compareCopies(
  inspection: Inspection,
  { table, missing, count, countOriginals = countMessages, extra }: CopySql,
): void {
  const { connection } = inspection
  const lastKey = lastIndexedKey(inspection)
  let messages = 0
  let hasMissing = false
  walk(inspection, messagesByKey, ({ after, through }) => {
    const range = { after, through: Math.min(through, lastKey) }
    messages += connection.column<number>(countOriginals, range)[0] ?? 0
    const rows = connection.all<{ key: number }>(missing, { ...range, room: inspection.room })
    hasMissing ||= rows.length > 0
    inspection.reportRows('messages', rows, `It is missing in ${table}`)
  })
  const [copies = 0] = connection.column<number>(count, { lastKey })
  const areAll = copies === messages && !hasMissing
  const rows = connection.all<{ key: string }>(extra, { after: areAll ? lastKey : -1, room: inspection.room })
  inspection.reportRows(table, rows, 'No message belongs to it')
  if (!areAll && rows.length === 0 && !hasMissing) {
    inspection.report({ table, message: `It has ${copies} rows for ${messages} messages` })
  }
}
