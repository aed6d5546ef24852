import type { SegmentMessageIdsPart } from '../../protocol/message-rows.js'
import type { SegmentMessageIds } from '../../protocol/models.js'
import { isPacked, type Packed } from '../../protocol/packed.js'
import type { Steps } from '../../protocol/steps.js'
import { Stepwise } from '../stepwise.js'
import { decodeList } from './decode-packed.js'

/** A segment of many members came in several parts. */
export function decodeMessageIds(wire: unknown): SegmentMessageIds[] | Stepwise<SegmentMessageIds[]> {
  return isPacked(wire) ? new Stepwise(decodeSteps(wire)) : joinIds(Array.isArray(wire) ? wire : [])
}

function* decodeSteps(packed: Packed): Steps<SegmentMessageIds[]> {
  return joinIds(yield* decodeList<SegmentMessageIdsPart, SegmentMessageIdsPart>(packed, (part) => part))
}

function joinIds(parts: readonly SegmentMessageIdsPart[]): SegmentMessageIds[] {
  const segments: SegmentMessageIds[] = []
  for (const { segmentId, messageIds, continues = false } of parts) {
    const last = segments.at(-1)
    if (continues && last !== undefined) for (const id of messageIds) last.messageIds.push(id)
    else segments.push({ segmentId, messageIds: [...messageIds] })
  }
  return segments
}
