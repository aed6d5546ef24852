import type { JoiningMessage } from './segmenting-parameters.js'

/** A segment is stored at once, and is one change then; a message that is named again is passed over. */
export function bySegment(messages: readonly JoiningMessage[]): Map<string, JoiningMessage[]> {
  const segments = new Map<string, JoiningMessage[]>()
  const seen = new Set<string>()
  for (const message of messages) {
    if (seen.has(message.messageId)) continue
    seen.add(message.messageId)
    const joining = segments.get(message.segmentId)
    if (joining === undefined) segments.set(message.segmentId, [message])
    else joining.push(message)
  }
  return segments
}
