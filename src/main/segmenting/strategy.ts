import type { Message } from '../../protocol/models.js'
import type { SegmentingMessage } from '../../protocol/segmenting-models.js'

/** A message that a strategy looks at; with what was said, where the strategy reads that. */
export interface Candidate extends SegmentingMessage {
  readonly message?: Message | undefined
}

/** A message that is in a segment of the strategy. */
export interface Decided {
  readonly candidate: Candidate
  readonly segmentId: string
}

/** To which segment a message goes: to one that there is, to a new one, or to none. */
export type Decision = 'new' | 'none' | Joined

interface Joined {
  readonly segmentId: string
  /** How sure that is, 0 to 1. */
  readonly score?: number | undefined
}

/**
 * Decides about one message after another. What it knows follows from the last messages before: whoever begins there anew decides the
 * same, so nothing of it has to be kept.
 */
export interface Decider {
  /** The message is behind now; it is the newest. */
  add(decided: Decided): void
  /** The oldest that was added is no longer among the last. */
  drop(decided: Decided): void
  /** @param answered the segment of the message that this one answers. */
  decide(candidate: Candidate, answered: string | undefined): Decision | Promise<Decision>
}

export interface Strategy {
  /** With its parameters: strategies of other names know nothing of each other. */
  readonly name: string
  /** So many messages before the one that is decided about are known. */
  readonly window: number
  readonly readsMessages: boolean
  begin(): Decider
}
