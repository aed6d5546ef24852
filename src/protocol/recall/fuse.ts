import type { RecallExplanation, RecallRank } from '../recall-models.js'

/** A message or a segment on one of the lists, the best first. */
export interface Ranked {
  readonly messageKey: number | undefined
  readonly segmentKey: number | undefined
  readonly time: number
  readonly score: number
}

export type RecallList = keyof RecallExplanation

/** What the lists have in common: a segment, or a message that is in none. */
export interface Fused {
  readonly segmentKey: number | undefined
  /** The messages of it that were found, the best first; none where the segment itself was. */
  readonly messageKeys: number[]
  time: number
  score: number
  readonly explanation: RecallExplanation
}

/** As usual (Cormack, Clarke and Buettcher, Reciprocal Rank Fusion outperforms Condorcet, 2009). */
const rankConstant = 60

/**
 * Reciprocal rank fusion: the score is the sum of 1 / (60 + rank) over the lists, of a segment by the best that each list has of it. The
 * best first, of equals the newest.
 */
export function fuse(lists: { readonly [List in RecallList]: readonly Ranked[] }): Fused[] {
  const fused = new Map<string, Fused>()
  for (const list of ['words', 'meaning', 'segment'] as const)
    lists[list].forEach((ranked, index) => add(fused, list, ranked, index + 1))
  return [...fused.values()].toSorted((a, b) => b.score - a.score || b.time - a.time || keyOf(b) - keyOf(a))
}

const keyOf = ({ messageKeys, segmentKey }: Fused): number => messageKeys[0] ?? segmentKey ?? 0

function add(fused: Map<string, Fused>, list: RecallList, ranked: Ranked, rank: number): void {
  const { messageKey, segmentKey, time, score } = ranked
  const name = segmentKey === undefined ? `message ${messageKey}` : `segment ${segmentKey}`
  const known = fused.get(name) ?? {
    segmentKey,
    messageKeys: [],
    time,
    score: 0,
    explanation: { words: null, meaning: null, segment: null },
  }
  fused.set(name, known)
  if (messageKey !== undefined && !known.messageKeys.includes(messageKey)) known.messageKeys.push(messageKey)
  known.time = Math.max(known.time, time)
  if (known.explanation[list] !== null) return
  const place: RecallRank = { rank, score }
  known.explanation[list] = place
  known.score += 1 / (rankConstant + rank)
}
