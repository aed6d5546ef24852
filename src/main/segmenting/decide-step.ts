import type { JoiningMessage } from '../../protocol/segmenting-parameters.js'
import { nextTurn } from '../next-turn.js'
import type { Candidate, Decided, Decider, Strategy } from './strategy.js'

/** A step, with what was said where the strategy reads that. */
export interface StepCandidates {
  /** Those before, oldest first. */
  readonly recent: readonly Candidate[]
  readonly messages: readonly Candidate[]
}

/** So long the event loop may be held up by decisions. */
const sliceMs = 10

/** The messages before the one that is decided about; the oldest goes with each that comes. */
class Recent {
  readonly #decider: Decider
  readonly #size: number
  readonly #slots: (Decided | undefined)[] = []

  constructor({ window }: Strategy, decider: Decider) {
    this.#decider = decider
    this.#size = window
  }

  add(candidate: Candidate, segmentId: string | null): void {
    if (this.#size === 0) return
    const decided = segmentId === null ? undefined : { candidate, segmentId }
    const oldest = this.#slots.length === this.#size ? this.#slots.shift() : undefined
    this.#slots.push(decided)
    if (oldest !== undefined) this.#decider.drop(oldest)
    if (decided !== undefined) this.#decider.add(decided)
  }
}

/**
 * Decides about all messages of a step, in turns of the event loop.
 *
 * @param check is called between turns; what it throws ends this.
 */
export async function decideStep(
  strategy: Strategy,
  { recent, messages }: StepCandidates,
  check: () => void,
): Promise<readonly JoiningMessage[]> {
  const decider = strategy.begin()
  const before = new Recent(strategy, decider)
  for (const candidate of recent) before.add(candidate, candidate.segmentId)
  const joining: JoiningMessage[] = []
  const decidedNow = new Map<string, string>()
  let startedAtMs = performance.now()
  for (const candidate of messages) {
    if (candidate.segmentId !== null) {
      before.add(candidate, candidate.segmentId)
      continue
    }
    const { messageId, replyToMessageId, newSegmentId } = candidate
    const answered = decidedNow.get(replyToMessageId ?? '') ?? candidate.answeredSegmentId ?? undefined
    const decision = await decider.decide(candidate, answered)
    if (decision === 'none') {
      before.add(candidate, null)
    } else {
      const isNew = decision === 'new'
      const segmentId = isNew ? newSegmentId : decision.segmentId
      joining.push({ messageId, segmentId, isNew, contributionScore: isNew ? undefined : decision.score })
      decidedNow.set(messageId, segmentId)
      before.add(candidate, segmentId)
    }
    if (performance.now() - startedAtMs > sliceMs) {
      await nextTurn()
      check()
      startedAtMs = performance.now()
    }
  }
  return joining
}
