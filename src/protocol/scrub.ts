/** Where the next slice of a walk over all rows begins. */
export interface ScrubPlace {
  /** Which of the tables with checksums, by its number. */
  readonly table: number
  /** Rows with greater keys come next. */
  readonly after: number
}

/** A row that is not what its checksum says; without a key a part of the table that can not be read at all. */
export interface DamagedRow {
  readonly table: string
  readonly key: string | null
}

/** What a slice found. */
export interface ScrubSlice {
  readonly checkedRows: number
  readonly damaged: readonly DamagedRow[]
  /** Undefined when every row of every table has been checked. */
  readonly next: ScrubPlace | undefined
}

export const firstScrubPlace: ScrubPlace = { table: 0, after: Number.NEGATIVE_INFINITY }
