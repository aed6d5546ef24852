import { Refusal, type EmbeddingRow, type MessageRow, type SegmentRow, type State } from './state.js'

/** Rows of the model as callers see them. Counters are counted, so that a counter of the database can be wrong. */

const count = <Row>(rows: Iterable<Row>, isCounted: (row: Row) => boolean): number =>
  [...rows].filter(isCounted).length

export function channelView(state: State, channelId: string) {
  const row = state.channels.get(channelId)
  if (row === undefined) return undefined
  const messageCount = count(state.messages.values(), (message) => message.channelId === channelId)
  return { channelId, ...row, messageCount }
}

export function userView(state: State, userId: string) {
  const user = state.users.get(userId)
  if (user === undefined || user.isDeleted) return undefined
  const { displayName, metadata, firstSeen, lastActive } = user
  const messageCount = count(state.messages.values(), (message) => message.userId === userId)
  return { userId, displayName, metadata, firstSeen, lastActive, messageCount }
}

export function segmentView(state: State, segmentId: string) {
  const row = state.segments.get(segmentId)
  if (row === undefined) return undefined
  return { ...row, messageCount: count(state.members.values(), (member) => member.segmentId === segmentId) }
}

export function messageView(row: MessageRow) {
  const { insertion: _, ...message } = row
  return message
}

/** @throws NOT_FOUND */
export function requireRow<Row>(rows: ReadonlyMap<string, Row>, id: string): Row {
  const row = rows.get(id)
  if (row === undefined) throw new Refusal('NOT_FOUND')
  return row
}

export const orderedMessages = (state: State, channelId: string): MessageRow[] =>
  [...state.messages.values()]
    .filter((message) => message.channelId === channelId)
    .toSorted((a, b) => a.timestamp - b.timestamp || a.insertion - b.insertion)

export const messagesOf = (state: State, userId: string): MessageRow[] =>
  [...state.messages.values()]
    .filter((message) => message.userId === userId)
    .toSorted((a, b) => a.timestamp - b.timestamp || a.insertion - b.insertion)

/** A map keeps the order of creation, which decides between equal starts. */
export const orderedSegments = (state: State, channelId: string): SegmentRow[] =>
  [...state.segments.values()]
    .filter((segment) => segment.channelId === channelId)
    .toSorted((a, b) => a.startTime - b.startTime)

export function orderedMembers(state: State, segmentId: string) {
  return [...state.members.values()]
    .filter((member) => member.segmentId === segmentId)
    .map(({ messageId, position, contributionScore }) => ({
      ...requireRow(state.messages, messageId),
      position,
      contributionScore,
    }))
    .toSorted((a, b) => a.position - b.position || a.insertion - b.insertion)
    .map((row) => ({ ...messageView(row), position: row.position, contributionScore: row.contributionScore }))
}

/** An owner's embeddings are ordered by when their models came into being. */
export function embeddingViews(state: State, ownerType: string, ownerIds: readonly string[]): EmbeddingRow[] {
  const models = [...state.dimensions.keys()]
  return ownerIds.flatMap((ownerId) =>
    [...state.embeddings.values()]
      .filter((embedding) => embedding.ownerType === ownerType && embedding.ownerId === ownerId)
      .toSorted((a, b) => models.indexOf(a.model) - models.indexOf(b.model)),
  )
}
