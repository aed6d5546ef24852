import type { Ids } from './ids.js'
import { searchesOf, soughtVector, type Reads, type Search } from './read-database.js'
import { now, type State } from './state.js'
import {
  channelView,
  embeddingViews,
  messagesOf,
  messageView,
  orderedMembers,
  orderedMessages,
  orderedSegments,
  segmentView,
  userView,
} from './views.js'

/** What `readDatabase` should find. */
export function readModel(state: State, ids: Ids): { readonly [Key in keyof Reads]: unknown } {
  const { channelIds, userIds, messageIds, segmentIds, models } = ids
  const listedChannels = [...state.channels.keys()].map((channelId) => channelView(state, channelId))
  const messages = channelIds.map((channelId) => orderedMessages(state, channelId))
  const segments = channelIds.map((channelId) =>
    orderedSegments(state, channelId).map(({ segmentId }) => segmentView(state, segmentId)),
  )
  return {
    channels: channelIds.map((channelId) => channelView(state, channelId)),
    listedChannels,
    listedChannelsBackwards: listedChannels.toReversed(),
    messages: messages.map((rows) => rows.map(messageView)),
    messagesBackwards: messages.map((rows) => rows.map(messageView).toReversed()),
    counts: messages.map((rows) => rows.length),
    countsBetween: messages.map(
      (rows) => rows.filter((row) => row.timestamp > 1 && row.timestamp < 6).length,
    ),
    notes: messages.map((rows) => rows.filter((row) => row.messageType === 'note').map(messageView)),
    answers: messages.map((rows) =>
      messageIds.map((messageId) =>
        rows
          .filter((row) => row.replyToMessageId === messageId)
          .map(messageView)
          .toReversed(),
      ),
    ),
    messagesOfUsers: userIds.map((userId) => messagesOf(state, userId).map(messageView).toReversed()),
    messagesOneByOne: messageIds.map((messageId) => {
      const row = state.messages.get(messageId)
      return row && messageView(row)
    }),
    messagesById: messageIds.flatMap((messageId) => {
      const row = state.messages.get(messageId)
      return row === undefined ? [] : messageView(row)
    }),
    contexts: messageIds.map((messageId) => contextView(state, messageId)),
    users: userIds.map((userId) => userView(state, userId)),
    usersById: userIds.toReversed().flatMap((userId) => userView(state, userId) ?? []),
    profiles: userIds.map((userId) => {
      const profile = state.users.get(userId)?.profile
      return profile && { userId, profile, updatedAt: now }
    }),
    found: usersNamed(state, 'ada'),
    foundLiterally: usersNamed(state, '0%'),
    segments: segmentIds.map((segmentId) => segmentView(state, segmentId)),
    segmentsInOrder: segments,
    segmentsBackwards: segments.map((rows) => rows.toReversed()),
    overlapping: segments.map((rows) =>
      rows.filter((row) => row !== undefined && row.startTime <= 4 && row.endTime >= 2),
    ),
    members: segmentIds.map((segmentId) => orderedMembers(state, segmentId)),
    memberIds: segmentIds
      .filter((segmentId) => state.segments.has(segmentId))
      .map((segmentId) => ({
        segmentId,
        messageIds: orderedMembers(state, segmentId).map(({ messageId }) => messageId),
      })),
    messageEmbeddings: embeddingsByModel(state, 'message', messageIds, models),
    segmentEmbeddings: embeddingsByModel(state, 'segment', segmentIds, models),
    alike: searchesOf(ids).map((search) => alikeIn(state, search)),
    rows: rowCounts(state),
  }
}

function contextView(state: State, messageId: string) {
  const message = state.messages.get(messageId)
  if (message === undefined) return undefined
  const rows = orderedMessages(state, message.channelId)
  const place = rows.indexOf(message)
  return {
    before: rows.slice(Math.max(0, place - 2), place).map(messageView),
    message: messageView(message),
    after: rows.slice(place + 1, place + 2).map(messageView),
  }
}

/** A map keeps the order in which users came into being, which is that of the search. */
const usersNamed = (state: State, text: string) =>
  [...state.users]
    .filter(([, { displayName }]) => displayName?.toLowerCase().includes(text))
    .map(([userId]) => userView(state, userId))

const embeddingsByModel = (
  state: State,
  owner: string,
  ownerIds: readonly string[],
  models: readonly string[],
) =>
  [undefined, ...models].map((model) =>
    embeddingViews(state, owner, ownerIds)
      .filter((embedding) => model === undefined || embedding.model === model)
      .map((embedding) => ({ ...embedding, dimension: embedding.vector.length, createdAt: now })),
  )

/** The most alike first, of equal ones the newest: a map keeps the order in which segments came into being. */
function alikeIn(state: State, search: Search): (readonly [string, number])[] {
  const { model, owner, channelIds, userId, limit = 10, minScore = -1 } = search
  const { after = -Infinity, before = Infinity } = search
  const segmentIds = [...state.segments.keys()]
  return [...state.embeddings.values()]
    .filter((embedding) => embedding.model === model && embedding.ownerType === owner)
    .flatMap(({ ownerId, vector }) => {
      const message = owner === 'message' ? state.messages.get(ownerId) : undefined
      const segment = owner === 'segment' ? state.segments.get(ownerId) : undefined
      const time = message?.timestamp ?? segment?.startTime ?? Number.NaN
      const channelId = message?.channelId ?? segment?.channelId ?? ''
      const isThere = channelIds?.includes(channelId) ?? true
      const isOfUser = userId === undefined || message?.userId === userId
      if (!isThere || !isOfUser || !(time > Number(after) && time < Number(before))) return []
      const order = message?.insertion ?? segmentIds.indexOf(ownerId)
      return [{ ownerId, time, order, score: cosineOf(soughtVector(vector.length), vector) }]
    })
    .filter(({ score }) => score >= minScore)
    .toSorted((a, b) => b.score - a.score || b.time - a.time || b.order - a.order)
    .slice(0, limit)
    .map(({ ownerId, score }) => [ownerId, score])
}

function cosineOf(one: readonly number[], other: readonly number[]): number {
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0)
  const lengths = Math.sqrt(dot(one, one) * dot(other, other))
  return Math.round((lengths === 0 ? 0 : dot(one, other) / lengths) * 1e9) / 1e9
}

function rowCounts(state: State) {
  const users = [...state.users.values()].filter(({ isDeleted }) => !isDeleted)
  return {
    channels: state.channels.size,
    messages: state.messages.size,
    embeddings: state.embeddings.size,
    users: users.length,
    userProfiles: users.filter(({ profile }) => profile !== undefined).length,
    conversationSegments: state.segments.size,
    segmentMessages: state.members.size,
  }
}
