import { maxPageLength } from '../../protocol/limits.js'
import type { ReadConnection } from '../connection/connection.js'
import type { Row } from '../reading/pack-answer.js'
import type { Place } from '../../protocol/cursors.js'
import {
  lengthOfRow,
  loadRow,
  messageColumns,
  messageObject,
  unlessLong,
  type FoundRow,
} from './message-rows.js'
import { joinNames } from './messages.js'

// One look-up by key a row, in the order asked.
const selectRows = (row: string): string => `
  SELECT ${row}
  FROM json_each(?) AS asked CROSS JOIN messages ON messages.message_key = asked.value
  ${joinNames}
  ORDER BY asked.key`

/** As rows of JSON, or as the JSON that callers of HTTP get. */
export const rowsAsJson = selectRows(unlessLong(`json_array(${messageColumns()})`))
export const rowsAsObjects = selectRows(messageObject('channels.channel_id'))

/** So many are read at a time, lest a long page of long rows is read whole before it is cut. */
const rowsPerStep = 256

export interface LoadedPage {
  readonly items: Row[]
  readonly nextCursor: string | null
}

interface FoundPage {
  /** In order. */
  readonly places: readonly Place[]
  /** Where to go on behind all of them; by default behind the last one. */
  readonly next: Place | undefined
  readonly hasMore: boolean
  readonly encode: (place: Place) => string
}

/** A page whose places are known; it ends where it is long. */
export function loadPage(
  connection: ReadConnection,
  selectRowsByKeys: string,
  { places, next, hasMore, encode }: FoundPage,
): LoadedPage {
  const items: Row[] = []
  let length = 0
  for (let from = 0; from < places.length; from += rowsPerStep) {
    const keys = places.slice(from, from + rowsPerStep).map(({ key }) => key)
    for (const found of connection.column<FoundRow>(selectRowsByKeys, [JSON.stringify(keys)])) {
      const last = places[items.length - 1]
      if (length > maxPageLength && last !== undefined) return { items, nextCursor: encode(last) }
      const row = loadRow(connection, found)
      items.push(row)
      length += lengthOfRow(row)
    }
  }
  const end = next ?? places.at(-1)
  return { items, nextCursor: hasMore && end !== undefined ? encode(end) : null }
}
