import type { JsonObject, Message } from './models.js'

/** Where something stood in one of the lists that a recall is made of, and with which score there. */
export interface RecallRank {
  /** From 1 on. */
  rank: number
  score: number
}

/** Why a passage was recalled: null where it is not on the list. */
export interface RecallExplanation {
  words: RecallRank | null
  /** By the vectors of messages. */
  meaning: RecallRank | null
  /** By the vectors of segments. */
  segment: RecallRank | null
}

/** A stretch of a conversation in which something was found. */
export interface RecalledPassage<Metadata extends object = JsonObject> {
  channelId: string
  /** That it is of, where it is of one. */
  segmentId: string | null
  /** The sum of 1 / (60 + rank) over the lists it is on. */
  score: number
  /** Which of the messages were found. */
  hitIds: string[]
  /** In their order. */
  messages: Message<Metadata>[]
  /** Null unless `explain` was asked for. */
  explanation: RecallExplanation | null
}
