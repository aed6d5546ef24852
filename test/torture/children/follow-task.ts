/** What a run of followers is given. */
export interface FollowTask {
  readonly path: string
  /** Steps of each writer. */
  readonly steps: number
  /** Deaths of the writer thread meanwhile. */
  readonly kills: number
}

/** What a writer did to one message of its own, in order, and how that ended; `unknown` may have been done. */
export interface Deed {
  readonly messageId: string
  readonly step: 'store' | 'update' | 'delete'
  readonly outcome: 'done' | 'unknown' | 'refused'
}

/** A change as a follower had it; `version` is what the message said. */
export interface Seen {
  readonly cursor: string
  readonly told: string
  readonly channelId: string | null
  readonly version: number | null
}

export interface FollowReport {
  readonly deeds: readonly Deed[]
  readonly kills: number
  /** By the follower's way of following. */
  readonly seen: { readonly [follower: string]: readonly Seen[] }
  /** Times that a follower went on from a cursor. */
  readonly reconnections: number
  readonly codes: { readonly [code: string]: number }
  /** All changes from the start, read when all was over. */
  readonly afterwards: readonly Seen[]
  /** Messages that are there in the end, and what they say. */
  readonly messages: { readonly [messageId: string]: number }
}

/** The last change of all. */
export const lastTold = 'channelUpdated c1'
