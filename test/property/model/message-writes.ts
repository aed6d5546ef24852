import type { Params } from 'convodb'
import { now, Refusal, timeOf, type MessageRow, type State } from './state.js'
import { messageView, requireRow } from './views.js'

type NewMessage = Params<'addMessages'>['messages'][number]
type OnConflict = Params<'storeMessage'>['onConflict']
type Outcome = 'inserted' | 'updated' | 'ignored'

const rowOf = (message: NewMessage, insertion: number): MessageRow => ({
  messageId: message.messageId,
  channelId: message.channelId,
  userId: message.userId,
  content: message.content,
  timestamp: timeOf(message.timestamp),
  messageType: message.messageType ?? 'message',
  replyToMessageId: message.replyToMessageId ?? null,
  editedAt: message.editedAt == null ? null : timeOf(message.editedAt),
  metadata: message.metadata ?? null,
  insertion,
})

function store(state: State, message: NewMessage, onConflict: OnConflict = 'update'): Outcome {
  const stored = state.messages.get(message.messageId)
  const row = rowOf(message, stored?.insertion ?? state.insertions + 1)
  if (state.forgottenUsers.has(message.userId)) return 'ignored'
  if (stored !== undefined && onConflict === 'ignore') return 'ignored'
  if (stored !== undefined && onConflict === 'error') throw new Refusal('ALREADY_EXISTS')
  if (stored !== undefined && stored.channelId !== row.channelId && isMember(state, row.messageId)) {
    throw new Refusal('CONFLICT')
  }
  state.messages.set(row.messageId, row)
  state.insertions = Math.max(state.insertions, row.insertion)
  noteChannel(state, row)
  if (isElsewhere(row, stored)) noteUser(state, row, stored?.userId !== row.userId)
  return stored === undefined ? 'inserted' : 'updated'
}

const isMember = (state: State, messageId: string): boolean =>
  [...state.members.values()].some((member) => member.messageId === messageId)

/** Only a change of these is activity. */
const isElsewhere = (row: MessageRow, stored: MessageRow | undefined): boolean =>
  stored === undefined ||
  stored.channelId !== row.channelId ||
  stored.userId !== row.userId ||
  stored.timestamp !== row.timestamp

function noteChannel(state: State, { channelId, timestamp }: MessageRow): void {
  const channel = state.channels.get(channelId) ?? {
    name: null,
    metadata: null,
    createdAt: timestamp,
    lastActive: null,
  }
  state.channels.set(channelId, {
    ...channel,
    lastActive: Math.max(channel.lastActive ?? timestamp, timestamp),
  })
}

/** A message that becomes theirs brings a deleted user back; one that was theirs does not. */
function noteUser(state: State, { userId, timestamp }: MessageRow, isNewToThem: boolean): void {
  const user = state.users.get(userId) ?? {
    displayName: null,
    metadata: null,
    firstSeen: timestamp,
    lastActive: null,
    profile: undefined,
    isDeleted: false,
  }
  state.users.set(userId, {
    ...user,
    firstSeen: user.isDeleted ? timestamp : Math.min(user.firstSeen, timestamp),
    lastActive: Math.max(user.lastActive ?? timestamp, timestamp),
    isDeleted: user.isDeleted && !isNewToThem,
  })
}

/** Takes embeddings and memberships along. */
export function removeMessage(state: State, messageId: string): boolean {
  for (const [key, { ownerType, ownerId }] of state.embeddings) {
    if (ownerType === 'message' && ownerId === messageId) state.embeddings.delete(key)
  }
  for (const [key, member] of state.members) if (member.messageId === messageId) state.members.delete(key)
  return state.messages.delete(messageId)
}

export const messageWrites = {
  storeMessage: (state: State, { onConflict, ...message }: Params<'storeMessage'>) => ({
    messageId: message.messageId,
    outcome: store(state, message, onConflict),
  }),

  addMessages(state: State, { messages, onConflict }: Params<'addMessages'>) {
    const counts = { inserted: 0, updated: 0, ignored: 0 }
    for (const message of messages) counts[store(state, message, onConflict)] += 1
    return counts
  },

  updateMessage(state: State, { messageId, ...changes }: Params<'updateMessage'>) {
    const { insertion: _, ...stored } = requireRow(state.messages, messageId)
    const editedAt = changes.content === undefined ? stored.editedAt : now
    const given = Object.entries({ editedAt, ...changes }).filter(([, value]) => value !== undefined)
    store(state, { ...stored, ...Object.fromEntries(given) })
    return messageView(requireRow(state.messages, messageId))
  },

  deleteMessages: (state: State, { messageIds }: Params<'deleteMessages'>) =>
    messageIds.filter((messageId) => removeMessage(state, messageId)).length,

  deleteMatchingMessages(state: State, params: Params<'deleteMatchingMessages'>) {
    const { channelId, userId, messageType, replyToMessageId, before, after } = params
    const matching = [...state.messages.values()].filter(
      (message) =>
        (channelId === undefined || message.channelId === channelId) &&
        (userId === undefined || message.userId === userId) &&
        (messageType === undefined || message.messageType === messageType) &&
        (replyToMessageId === undefined || message.replyToMessageId === replyToMessageId) &&
        (before === undefined || message.timestamp < timeOf(before)) &&
        (after === undefined || message.timestamp > timeOf(after)),
    )
    for (const { messageId } of matching) removeMessage(state, messageId)
    return { deletedMessages: matching.length, nextCursor: null }
  },

  deleteExpiredMessages(state: State, { olderThan, channelId, keepPinned }: Params<'deleteExpiredMessages'>) {
    const expired = [...state.messages.values()].filter(
      (message) =>
        message.channelId === channelId &&
        message.timestamp < timeOf(olderThan) &&
        !(keepPinned === true && message.metadata?.['pinned'] === true),
    )
    for (const { messageId } of expired) removeMessage(state, messageId)
    return { deletedMessages: expired.length, nextCursor: null }
  },
}
