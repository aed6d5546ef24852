import type { OperationName, Params } from 'convodb'
import { message } from '../support/databases.js'

/** What is in one channel. */
export interface Ids {
  readonly channelId: string
  readonly messageId: string
  readonly segmentId: string
  readonly userId: string
}

export const idsOf = (name: string): Ids => ({
  channelId: `channel-${name}`,
  messageId: `message-${name}`,
  segmentId: `segment-${name}`,
  userId: `user-${name}`,
})

/** What the key under test may know of. */
export const own = idsOf('own')

type Samples = { readonly [N in OperationName]: readonly ((ids: Ids) => Params<N>)[] }

const vector = [1, 0]
/** Behind the first step of a strategy, at no message. */
export const firstStep = Buffer.from(new BigInt64Array([1n, 0n, 0n, 0n, 0n]).buffer).toString('base64url')
const owners = [
  ({ messageId }: Ids) => ({ ownerType: 'message' as const, ownerIds: [messageId] }),
  ({ segmentId }: Ids) => ({ ownerType: 'segment' as const, ownerIds: [segmentId] }),
]
const user = ({ userId }: Ids): { readonly userId: string } => ({ userId })
const segment = ({ segmentId }: Ids): { readonly segmentId: string } => ({ segmentId })
const channel = ({ channelId }: Ids): { readonly channelId: string } => ({ channelId })
const reaction = ({ messageId, userId }: Ids) => ({ messageId, userId, reaction: '👍' })
const times = { startTime: 0, endTime: 5 }

/**
 * Every operation with the ids of a channel that may be a foreign one, or none at all, alone and among ids of the key's own. The compiler
 * names every operation that is missing.
 */
export const samples: Samples = {
  upsertChannel: [({ channelId }) => ({ channelId, name: 'mine' })],
  getChannel: [channel],
  listChannels: [() => ({})],
  deleteChannel: [channel],

  storeMessage: [
    (ids) => message(ids.messageId, { channelId: ids.channelId }),
    ({ channelId }) => message(own.messageId, { channelId }),
  ],
  addMessages: [
    ({ channelId }) => ({ messages: [message('new', { channelId })] }),
    ({ channelId }) => ({
      messages: [message('new', { channelId: own.channelId }), message('new', { channelId })],
    }),
  ],
  getMessages: [
    channel,
    ({ channelId, messageId }) => ({
      channelId: own.channelId,
      replyToMessageId: messageId,
      with: ['user'],
      messageType: channelId,
    }),
  ],
  getUserMessages: [
    ({ channelId, userId }) => ({ userId, channelId }),
    ({ userId }) => ({ userId, channelId: own.channelId }),
    user,
  ],
  getMessage: [({ messageId }) => ({ messageId })],
  getMessagesByIds: [({ messageId }) => ({ messageIds: [messageId, own.messageId, messageId] })],
  getMessageContext: [({ messageId }) => ({ messageId })],
  searchMessages: [
    () => ({ text: 'hello', match: 'any' }),
    ({ channelId }) => ({ text: 'hello', channelId }),
    ({ channelId }) => ({ text: `in:"${channelId}" in:"${own.channelId}"`, order: 'time' }),
  ],
  recall: [() => ({ text: 'hello' }), ({ channelId }) => ({ text: 'hello', channelId })],
  addReaction: [reaction],
  deleteReaction: [reaction],
  getReactions: [({ messageId }) => ({ messageId, withRemoved: true })],
  getMessageHistory: [({ messageId }) => ({ messageId })],
  deleteMessageHistory: [({ messageId }) => ({ messageId })],
  updateMessage: [({ messageId }) => ({ messageId, content: 'mine' })],
  deleteMessages: [({ messageId }) => ({ messageIds: [messageId] })],
  deleteMatchingMessages: [
    ({ channelId, userId }) => ({ channelId, userId }),
    ({ channelId }) => ({ channelId, messageType: 'none' }),
    ({ userId, messageId }) => ({ channelId: own.channelId, userId, replyToMessageId: messageId }),
    user,
  ],
  deleteExpiredMessages: [({ channelId }) => ({ channelId, olderThan: 9_999 })],
  countExpiredMessages: [({ channelId }) => ({ channelId, olderThan: 9_999 })],
  countMessages: [channel],
  countMessagesBy: [
    ({ channelId, userId }) => ({ channelId, userId, by: 'day' }),
    ({ userId }) => ({ channelId: own.channelId, userId, by: 'hour' }),
    ({ channelId }) => ({ channelId, by: 'hour' }),
    ({ userId }) => ({ userId, by: 'day' }),
  ],
  countUnread: [
    ({ channelId, messageId }) => ({ channelId, afterMessageId: messageId }),
    ({ messageId }) => ({ channelId: own.channelId, afterMessageId: messageId }),
    ({ channelId }) => ({ channelId, after: 0 }),
  ],

  createConversationSegment: [
    ({ channelId }) => ({ segmentId: 'new', channelId, ...times }),
    ({ channelId }) => ({ segmentId: own.segmentId, channelId, ...times, onConflict: 'update' }),
  ],
  createSegmentWithMessages: [
    ({ channelId }) => ({ segmentId: 'new', channelId, ...times, messages: [] }),
    ({ messageId }) => ({
      segmentId: 'new',
      channelId: own.channelId,
      ...times,
      messages: [own.messageId, messageId],
    }),
  ],
  addMessageToSegment: [
    ({ segmentId }) => ({ segmentId, messageId: own.messageId }),
    ({ messageId }) => ({ segmentId: own.segmentId, messageId }),
    ({ segmentId, messageId }) => ({ segmentId, messageId }),
  ],
  addMessagesToSegment: [
    ({ segmentId }) => ({ segmentId, messages: [] }),
    // What is wrong first is told first, with a foreign id behind it as with a missing one.
    ({ messageId }) => ({
      segmentId: own.segmentId,
      messages: [own.messageId, 'message-elsewhere', messageId],
    }),
    ({ messageId }) => ({ segmentId: own.segmentId, messages: [{ messageId, position: 3 }] }),
  ],
  getConversationSegment: [segment],
  getConversationSegments: [channel],
  getOverlappingSegments: [({ channelId }) => ({ channelId, ...times })],
  getSegmentMessages: [segment],
  getSegmentMessageIds: [({ segmentId }) => ({ segmentIds: [own.segmentId, segmentId] })],
  updateConversationSegment: [
    ({ segmentId }) => ({ segmentId, summary: 'mine' }),
    ({ segmentId }) => ({ segmentId, startTime: 9, endTime: 1 }),
  ],
  deleteConversationSegment: [segment],

  getSegmentingStep: [({ channelId }) => ({ channelId, strategy: 'mine', window: 5 })],
  applySegmentingStep: [
    ({ channelId, messageId }) => ({
      channelId,
      strategy: 'mine',
      cursor: firstStep,
      messages: [{ messageId, segmentId: 'mine:1', isNew: true }],
    }),
    ({ segmentId }) => ({
      channelId: own.channelId,
      strategy: 'segment-own',
      cursor: firstStep,
      messages: [{ messageId: own.messageId, segmentId, isNew: true }],
    }),
  ],

  storeEmbeddings: [
    ({ messageId: ownerId }) => ({ embeddings: [{ ownerType: 'message', ownerId, model: 'mini', vector }] }),
    ({ segmentId: ownerId }) => ({ embeddings: [{ ownerType: 'segment', ownerId, model: 'mini', vector }] }),
    ({ messageId }) => ({
      embeddings: [own.messageId, messageId].map((ownerId) => ({
        ownerType: 'message',
        ownerId,
        model: 'new',
        vector,
      })),
    }),
  ],
  getEmbeddings: owners,
  searchByVector: [
    () => ({ model: 'mini', vector, owner: 'message' }),
    () => ({ model: 'mini', vector, owner: 'segment', exact: false }),
    ({ channelId }) => ({ model: 'mini', vector, owner: 'message', channelId }),
    ({ channelId }) => ({ model: 'mini', vector, owner: 'message', channelIds: [own.channelId, channelId] }),
    ({ userId }) => ({ model: 'mini', vector, owner: 'message', userId }),
  ],
  leaseEmbeddings: [() => ({ model: 'mini', owner: 'message' })],
  releaseEmbeddings: [
    ({ messageId }) => ({ model: 'mini', owner: 'message', leaseId: '1', ownerIds: [messageId] }),
  ],
  embeddingProgress: [() => ({ model: 'mini', owner: 'segment' })],
  deleteEmbeddings: [
    ...owners,
    (ids) => ({ ownerType: 'message', ownerIds: [ids.messageId], model: 'mini' }),
  ],

  upsertUser: [({ userId }) => ({ userId, displayName: 'mine' })],
  recordActivity: [user],
  getUser: [user],
  getUsers: [({ userId }) => ({ userIds: [userId, own.userId] })],
  listUsersByActivity: [() => ({})],
  searchByDisplayName: [({ userId }) => ({ query: userId })],
  getProfile: [user],
  updateProfile: [({ userId }) => ({ userId, profile: { a: 1 } })],
  forgetUser: [user],
  deleteUser: [user],

  countRows: [() => ({})],
  checkpoint: [() => ({})],
  releaseSpace: [() => ({})],
  optimize: [() => ({})],
  listChanges: [({ channelId }) => ({ channelId })],
  exportRows: [({ channelId }) => ({ kind: 'message', channelId })],
  importForgottenUsers: [() => ({ users: [] })],
  importReactions: [
    ({ messageId: ownerId, userId }) => ({ reactions: [{ ownerId, userId, reaction: 'x', reactedAt: 1 }] }),
  ],
  importMessageVersions: [
    ({ messageId: ownerId }) => ({ versions: [{ ownerId, content: 'x', replacedAt: 1 }] }),
  ],
  importModels: [() => ({ models: [] })],
  importUserActivity: [({ userId }) => ({ users: [{ userId, messageCount: 1, firstSeen: 1 }] })],
}
