import type { ReactionCount } from './history-models.js'
import type { MessageUser } from './models.js'

/**
 * How lists of messages cross threads: as JSON text of rows, written by SQLite. A reader builds one string a row instead
 * of nine values and an object, and the main thread parses one text instead of cloning objects: three times as fast. Rows that
 * cross no thread, as PostgreSQL's do not, stay rows.
 */
export type MessageRows = string | readonly (readonly unknown[])[]

/** A row of it. Times are epoch milliseconds, metadata is JSON text; what not every message has is in the order of `extraNames`. */
export type MessageRow = [
  messageId: string,
  channelId: string,
  userId: string,
  content: string,
  timestamp: number,
  ...extras: (string | number | null)[],
]

/** How many values stand before the extras. */
export const valuesBeforeExtras = 5

/** What was asked for with messages (`with`): the last value of each row, where anything was. */
export interface ShownFields {
  readonly user?: MessageUser
  readonly reactions?: ReactionCount[]
}

/** A row with what was asked for. */
export type ListedRow = [...MessageRow, shown: ShownFields]

/** A row of a segment's members. */
export type MemberRow = [...MessageRow, position: number, contributionScore: number | null]

/** A row of what a search has found; marks and snippet are JSON text. */
export type HitRow = [...MessageRow, score: number, marks: string | null, snippet: string | null]

/** What was asked for with a message, by its row. */
export function shownOfRow(row: readonly unknown[]): ShownFields | undefined
export function shownOfRow(row: readonly unknown[]): unknown {
  const last = row.at(-1)
  return typeof last === 'object' && last !== null ? last : undefined
}

/**
 * A row of the changes: a message's and, behind it, what became of it and where that stands. Of another change the first three values
 * are the ids of what changed, of its channel and of nobody, and all others of a message are null.
 */
export type ChangeRow = [
  subjectId: string | null,
  channelId: string | null,
  userId: string | null,
  content: string | null,
  timestamp: number | null,
  ...extrasAndChange: (string | number | null)[],
]

/** The ids of a segment's members, or some of them. */
export interface SegmentMessageIdsPart {
  readonly segmentId: string
  readonly messageIds: readonly string[]
  /** Whether they go on where the part before ended. */
  readonly continues?: boolean
}
