import { maxPageLength } from '../../protocol/limits.js'
import type { ReadConnection } from '../connection/connection.js'
import type { Row } from '../reading/pack-answer.js'
import type { Place } from '../reading/paging.js'
import {
  lengthOfRow,
  loadListed,
  messageColumns,
  messageObject,
  unlessLong,
  type Shown,
  type FoundRow,
} from './message-rows.js'
import { joinNames, joinShownUsers } from './messages.js'

/** How rows are read, and what else they show. */
export interface RowsByKeys {
  readonly sql: string
  readonly shown: Shown
}

// One look-up by key a row, in the order asked.
const selectRows = (row: string, shown: Shown): RowsByKeys => ({
  shown,
  sql: `
    SELECT ${row}
    FROM json_each(?) AS asked CROSS JOIN messages ON messages.message_key = asked.value
    ${shown === 'user' ? joinShownUsers : joinNames}
    ORDER BY asked.key`,
})

/** As rows of JSON, or as the JSON that callers of HTTP get. */
export const rowsAsJson = (shown: Shown): RowsByKeys =>
  selectRows(unlessLong(`json_array(${messageColumns('channels.channel_id', shown)})`), shown)
export const rowsAsObjects = (shown: Shown): RowsByKeys =>
  selectRows(messageObject('channels.channel_id', shown), shown)

/** Whichever a call asks for. */
export const shownOf = ({ with: shown = [] }: { readonly with?: readonly 'user'[] | undefined }): Shown =>
  shown[0] ?? ''

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
  { sql, shown }: RowsByKeys,
  { places, next, hasMore, encode }: FoundPage,
): LoadedPage {
  const items: Row[] = []
  let length = 0
  for (let from = 0; from < places.length; from += rowsPerStep) {
    const keys = places.slice(from, from + rowsPerStep).map(({ key }) => key)
    for (const found of connection.column<FoundRow>(sql, [JSON.stringify(keys)])) {
      const last = places[items.length - 1]
      if (length > maxPageLength && last !== undefined) return { items, nextCursor: encode(last) }
      const row = loadListed(connection, found, shown)
      items.push(row)
      length += lengthOfRow(row)
    }
  }
  const end = next ?? places.at(-1)
  return { items, nextCursor: hasMore && end !== undefined ? encode(end) : null }
}
