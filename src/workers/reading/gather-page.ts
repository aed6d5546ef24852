import { maxPageLength } from '../../protocol/limits.js'

/** So many are looked for at a time, lest a long page of long rows is read whole before it is cut. */
const rowsPerStep = 256

interface PageSource<Found, Row> {
  readonly limit: number
  /** Up to `count` rows behind the last one, or from the start. */
  find(last: Found | undefined, count: number): readonly Found[]
  /** The row whole. */
  load(found: Found): Row
  /** Its length, in characters. */
  lengthOf(row: Row): number
}

/** One page: as many rows as are asked for or, where they are long, as many as make it long enough; one at least. */
export function gatherPage<Found, Row>({ limit, find, load, lengthOf }: PageSource<Found, Row>) {
  const rows: Row[] = []
  let length = 0
  let last: Found | undefined
  for (;;) {
    // One more than there is room for tells whether another page follows.
    const count = Math.min(limit - rows.length + 1, rowsPerStep)
    const found = find(last, count)
    for (const item of found) {
      if (rows.length === limit || length > maxPageLength) return { rows, last, hasMore: true }
      const row = load(item)
      rows.push(row)
      length += lengthOf(row)
      last = item
    }
    if (found.length < count) return { rows, last, hasMore: false }
  }
}
