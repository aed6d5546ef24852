import { messageColumns, messageJoins, toMessage, type MessageRow } from './message-rows.js'
import type { Read } from './read.js'

interface MemberRow extends MessageRow {
  readonly position: number
  readonly contributionScore: number | null
}

const selectMembers = `
  SELECT ${messageColumns}, segment_messages.position, segment_messages.contribution_score AS contributionScore
  FROM segment_messages
  CROSS JOIN messages ON messages.message_key = segment_messages.message_key ${messageJoins}
  WHERE segment_messages.segment_key = (SELECT segment_key FROM conversation_segments WHERE segment_id = ?)
  ORDER BY segment_messages.position, segment_messages.message_key`

const segmentOf = (segmentIds: readonly string[], index: number): string =>
  segmentIds[(index * 7) % segmentIds.length] ?? ''

/** The 50 members of one segment after another. */
export const segmentMessages: Read = {
  viaFacade:
    (db, { segmentIds }) =>
    (index) =>
      db.getSegmentMessages({ segmentId: segmentOf(segmentIds, index) }),
  direct: (database, { segmentIds }) => {
    const members = database.prepare<[string], MemberRow>(selectMembers)
    return (index) =>
      members.all(segmentOf(segmentIds, index)).map((row) => ({
        ...toMessage(row),
        position: row.position,
        contributionScore: row.contributionScore,
      }))
  },
}
