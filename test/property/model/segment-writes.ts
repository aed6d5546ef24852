import type { Params } from 'convodb'
import { numbersOf, Refusal, timeOf, type State } from './state.js'
import { requireRow, segmentView } from './views.js'

type NewSegment = Params<'createConversationSegment'>
type NewMember = Params<'addMessagesToSegment'>['messages'][number]

/** Whether anything was written. */
function save(state: State, segment: NewSegment): boolean {
  const { segmentId, channelId, onConflict = 'error' } = segment
  const startTime = timeOf(segment.startTime)
  const endTime = timeOf(segment.endTime)
  if (endTime < startTime) throw new Refusal('INVALID_ARGUMENT')
  const stored = state.segments.get(segmentId)
  if (stored !== undefined && onConflict === 'ignore') return false
  if (stored !== undefined && onConflict === 'error') throw new Refusal('ALREADY_EXISTS')
  if (stored !== undefined && stored.channelId !== channelId) throw new Refusal('CONFLICT')
  if (!state.channels.has(channelId)) {
    state.channels.set(channelId, { name: null, metadata: null, createdAt: startTime, lastActive: null })
  }
  state.segments.set(segmentId, {
    segmentId,
    channelId,
    startTime,
    endTime,
    summary: segment.summary ?? null,
    coherenceScore: segment.coherenceScore ?? null,
    activityLevel: segment.activityLevel ?? null,
    vector: segment.vector == null ? null : numbersOf(segment.vector),
    metadata: segment.metadata ?? null,
  })
  return true
}

const memberKey = (segmentId: string, messageId: string): string => JSON.stringify([segmentId, messageId])

const membersOf = (state: State, segmentId: string) =>
  [...state.members.values()].filter((member) => member.segmentId === segmentId)

function addMembers(state: State, segmentId: string, members: readonly NewMember[]): number {
  const { channelId } = requireRow(state.segments, segmentId)
  const before = state.members.size
  let next = Math.max(-1, ...membersOf(state, segmentId).map(({ position }) => position)) + 1
  for (const member of members) {
    const given = typeof member === 'string' ? { messageId: member } : member
    const { messageId, position, contributionScore } = given
    if (requireRow(state.messages, messageId).channelId !== channelId) throw new Refusal('CONFLICT')
    const key = memberKey(segmentId, messageId)
    const stored = state.members.get(key)
    state.members.set(key, {
      segmentId,
      messageId,
      position: position ?? stored?.position ?? next,
      contributionScore:
        contributionScore === undefined ? (stored?.contributionScore ?? null) : contributionScore,
    })
    if (stored === undefined || position !== undefined) next = Math.max(next, (position ?? next) + 1)
  }
  return state.members.size - before
}

function removeMembers(state: State, segmentId: string): void {
  for (const { messageId } of membersOf(state, segmentId))
    state.members.delete(memberKey(segmentId, messageId))
}

/** Takes embeddings and members along. */
export function removeSegment(state: State, segmentId: string): boolean {
  for (const [key, { ownerType, ownerId }] of state.embeddings) {
    if (ownerType === 'segment' && ownerId === segmentId) state.embeddings.delete(key)
  }
  removeMembers(state, segmentId)
  return state.segments.delete(segmentId)
}

export const segmentWrites = {
  createConversationSegment(state: State, segment: NewSegment) {
    save(state, segment)
    return segmentView(state, segment.segmentId)
  },

  createSegmentWithMessages(state: State, { messages, ...segment }: Params<'createSegmentWithMessages'>) {
    if (save(state, segment)) {
      removeMembers(state, segment.segmentId)
      addMembers(state, segment.segmentId, messages)
    }
    return segmentView(state, segment.segmentId)
  },

  addMessageToSegment: (state: State, { segmentId, ...member }: Params<'addMessageToSegment'>) =>
    addMembers(state, segmentId, [member]),

  addMessagesToSegment: (state: State, { segmentId, messages }: Params<'addMessagesToSegment'>) =>
    addMembers(state, segmentId, messages),

  updateConversationSegment(state: State, { segmentId, ...changes }: Params<'updateConversationSegment'>) {
    const given = Object.entries(changes).filter(([, value]) => value !== undefined)
    const current = requireRow(state.segments, segmentId)
    save(state, { ...current, ...Object.fromEntries(given), onConflict: 'update' })
    return segmentView(state, segmentId)
  },

  deleteConversationSegment: (state: State, { segmentId }: Params<'deleteConversationSegment'>) =>
    removeSegment(state, segmentId),
}
