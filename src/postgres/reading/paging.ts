import { maxPageLength } from '../../protocol/limits.js'

/** So many are looked for at a time, lest a long page of long rows is read whole before it is cut. */
const rowsPerStep = 256

interface PageSource<Row> {
  readonly limit: number
  /** Up to `count` rows behind the last one, or from the start. */
  find(last: Row | undefined, count: number): Promise<readonly Row[]>
  /** In characters. */
  lengthOf(row: Row): number
}

export interface GatheredPage<Row> {
  readonly rows: Row[]
  /** The last one, where others follow. */
  readonly last: Row | undefined
}

/** One page: as many rows as are asked for or, where they are long, as many as make it long enough; one at least. */
export async function gatherPage<Row>({
  limit,
  find,
  lengthOf,
}: PageSource<Row>): Promise<GatheredPage<Row>> {
  const rows: Row[] = []
  let length = 0
  for (;;) {
    // One more than there is room for tells whether another page follows.
    const count = Math.min(limit - rows.length + 1, rowsPerStep)
    const found = await find(rows.at(-1), count)
    for (const row of found) {
      if (rows.length === limit || length > maxPageLength) return { rows, last: rows.at(-1) }
      rows.push(row)
      length += lengthOf(row)
    }
    if (found.length < count) return { rows, last: undefined }
  }
}
