import type { Params } from 'convodb'
import { mergePatch } from './merge-patch.js'
import { removeMessage } from './message-writes.js'
import { now, Refusal, timeOf, type State, type UserRow } from './state.js'
import { userView } from './views.js'

const visibleUser = (state: State, userId: string): UserRow | undefined => {
  const user = state.users.get(userId)
  return user?.isDeleted === true ? undefined : user
}

/** A deleted user starts anew. */
function save(state: State, userId: string, changes: Partial<UserRow>): void {
  const current = visibleUser(state, userId)
  if (current === undefined && state.forgottenUsers.has(userId)) throw new Refusal('USER_FORGOTTEN')
  state.users.set(userId, {
    displayName: null,
    metadata: null,
    firstSeen: changes.lastActive ?? now,
    lastActive: null,
    profile: undefined,
    isDeleted: false,
    ...current,
    ...changes,
  })
}

/** A name is found by each of its endings. */
const searchEntriesOf = (user: UserRow | undefined): number => [...(user?.displayName ?? '')].length

export const userWrites = {
  upsertUser(state: State, { userId, displayName, metadata, firstSeen }: Params<'upsertUser'>) {
    save(state, userId, {
      ...(displayName !== undefined && { displayName }),
      ...(metadata !== undefined && { metadata }),
      ...(firstSeen !== undefined && { firstSeen: timeOf(firstSeen) }),
    })
    return userView(state, userId)
  },

  recordActivity(state: State, { userId, timestamp }: Params<'recordActivity'>) {
    const current = visibleUser(state, userId)
    const time = timestamp === undefined ? now : timeOf(timestamp)
    save(state, userId, {
      firstSeen: Math.min(current?.firstSeen ?? time, time),
      lastActive: Math.max(current?.lastActive ?? time, time),
    })
    return userView(state, userId)
  },

  updateProfile(state: State, { userId, profile }: Params<'updateProfile'>) {
    const merged = mergePatch(visibleUser(state, userId)?.profile, profile)
    save(state, userId, { profile: merged })
    return { userId, profile: merged, updatedAt: now }
  },

  deleteUser(state: State, { userId }: Params<'deleteUser'>) {
    const user = visibleUser(state, userId)
    if (user === undefined) return false
    state.users.set(userId, {
      ...user,
      displayName: null,
      metadata: null,
      lastActive: null,
      profile: undefined,
      isDeleted: true,
    })
    return true
  },

  forgetUser(state: State, { userId, mayReturn = false }: Params<'forgetUser'>) {
    const receipt = receiptOf(state, userId)
    for (const message of state.messages.values()) {
      if (message.userId === userId) removeMessage(state, message.messageId)
    }
    state.users.delete(userId)
    if (mayReturn) state.forgottenUsers.delete(userId)
    else state.forgottenUsers.add(userId)
    return receipt
  },
}

function receiptOf(state: State, userId: string) {
  const user = state.users.get(userId)
  const ids = new Set(
    [...state.messages.values()].filter((message) => message.userId === userId).map((row) => row.messageId),
  )
  return {
    userId,
    wasKnown: user !== undefined,
    forgottenAt: now,
    messages: ids.size,
    embeddings: [...state.embeddings.values()].filter(
      ({ ownerType, ownerId }) => ownerType === 'message' && ids.has(ownerId),
    ).length,
    reactions: 0,
    segmentMemberships: [...state.members.values()].filter(({ messageId }) => ids.has(messageId)).length,
    profiles: user?.profile === undefined ? 0 : 1,
    searchEntries: searchEntriesOf(user),
  }
}
