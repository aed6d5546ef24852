import type { ScrubPlace, ScrubSlice } from '../../protocol/scrub.js'
import type { Connection } from '../connection/connection.js'
import { toErrorData } from '../connection/sqlite-errors.js'
import { checkedTables, countRows, listWrongRows } from '../file-jobs/verify/checksums.js'

/** So many damaged rows of one slice are told of; a slice is some hundred rows. */
const maxDamaged = 100

/**
 * Compares some rows with their checksums, from a place on; the connection must know the functions of checksums. A table that
 * can not be read on is told of, and the walk goes on with the next one.
 */
export function scrubRows(connection: Connection, place: ScrubPlace, rows: number): ScrubSlice {
  const checked = checkedTables[place.table]
  if (checked === undefined) return { checkedRows: 0, damaged: [], next: undefined }
  const { table, next } = checked.walk
  const nextTable = { table: place.table + 1, after: Number.NEGATIVE_INFINITY }
  try {
    const [through] = connection.column<number | null>(next, [place.after, rows])
    if (through == null || !(through > place.after)) return { checkedRows: 0, damaged: [], next: nextTable }
    const range = { after: place.after, through }
    const damaged = listWrongRows(connection, checked, range, maxDamaged)
    const checkedRows = countRows(connection, checked, range)
    return { checkedRows, damaged, next: { table: place.table, after: through } }
  } catch (error) {
    if (toErrorData(error).code !== 'CORRUPT') throw error
    return { checkedRows: 0, damaged: [{ table, key: null }], next: nextTable }
  }
}
