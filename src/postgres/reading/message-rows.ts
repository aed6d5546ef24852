import { extraColumns, extraNames } from '../../protocol/message-fields.js'
import { valuesBeforeExtras, type MessageRow } from '../../protocol/message-rows.js'
import type { WireResult } from '../../protocol/operations.js'

/** The columns of a `MessageRow`, in its order, and the message's key behind them. */
export const rowColumns = `
  messages.message_id, messages.channel_id, messages.user_id, messages.content, messages.timestamp,
  ${extraColumns.map((column) => `messages.${column}`).join(', ')}, messages.message_key`

/** A message and, last of all, its key. */
export type KeyedRow = [...MessageRow, key: number]

export const keyOf = (row: KeyedRow): number => Number(row.at(-1))
export const timeOf = (row: KeyedRow): number => row[4]

/** Without the key. */
export function rowOf(row: KeyedRow): MessageRow
export function rowOf(row: readonly unknown[]): unknown {
  return row.slice(0, -1)
}

const extrasOf = (row: KeyedRow): (string | number | null)[] =>
  extraNames.map((_, index) => row[valuesBeforeExtras + index] ?? null)

/** In characters. */
export const lengthOf = (row: KeyedRow): number => {
  const metadata = row[valuesBeforeExtras + extraNames.indexOf('metadata')]
  return row[3].length + (typeof metadata === 'string' ? metadata.length : 0) + 200
}

export type MessageRecord = WireResult<'updateMessage'>

/** A message as an object. */
export function toRecord(row: KeyedRow): MessageRecord
export function toRecord(row: KeyedRow): object {
  const [messageId, channelId, userId, content, timestamp] = row
  const extras = extrasOf(row)
  return {
    messageId,
    channelId,
    userId,
    content,
    timestamp,
    ...Object.fromEntries(extraNames.map((name, index) => [name, extras[index]])),
  }
}
