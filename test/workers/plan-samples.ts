import type { OperationName } from 'convodb'
import { append, emptyColumns, type MessageColumns } from '../../src/protocol/message-columns.js'
import type { WireParams } from '../../src/protocol/operations.js'
import { exportKinds } from '../../src/protocol/operations/transfer.js'

export const message = { messageId: 'm1', channelId: 'c', userId: 'u', content: 'hi', timestamp: 1 }
function columnsOf(row: typeof message): MessageColumns {
  const columns = emptyColumns()
  append(columns, row)
  return columns
}
const segment = { segmentId: 's1', channelId: 'c', startTime: 0, endTime: 5 }
/** At the first message; there are late ones behind it. */
const stepCursor = (step: bigint): string =>
  Buffer.from(new BigInt64Array([step, 5n, 9n, 0n, 0n]).buffer).toString('base64url')
const pages = [
  { limit: 1, order: 'desc' as const },
  { limit: 1, order: 'asc' as const },
]
const cursor = Buffer.from('1.1').toString('base64url')
const resumed = [...pages, ...pages.map((page) => ({ ...page, cursor }))]

/** Calls that together run every statement of the API. The compiler names every operation that is missing. */
export const samples: { readonly [N in OperationName]: readonly WireParams<N>[] } = {
  upsertChannel: [{ channelId: 'c', name: '#c' }, { channelId: 'c' }],
  storeMessage: [message, { ...message, content: 'again' }, { ...message, messageId: 'm0' }],
  addMessages: [{ columns: columnsOf({ ...message, messageId: 'm2' }) }],
  updateMessage: [
    { messageId: 'm1', timestamp: 2, messageType: 'note' },
    { messageId: 'm1', content: 'changed' },
  ],
  addReaction: [{ messageId: 'm1', userId: 'u', reaction: 'x' }],
  importReactions: [
    { reactions: [{ ownerId: 'm1', userId: 'u', reaction: 'x', reactedAt: 1, removedAt: 2 }] },
  ],
  importMessageVersions: [{ versions: [{ ownerId: 'm1', content: 'before', replacedAt: 1 }] }],
  upsertUser: [{ userId: 'u', displayName: 'Ada' }],
  recordActivity: [{ userId: 'v', timestamp: 1 }],
  updateProfile: [{ userId: 'u', profile: '{}' }],
  createConversationSegment: [segment],
  createSegmentWithMessages: [{ ...segment, segmentId: 's2', messages: ['m1'] }],
  addMessageToSegment: [
    { segmentId: 's1', messageId: 'm1' },
    { segmentId: 's1', messageId: 'm1', position: 4 },
  ],
  addMessagesToSegment: [{ segmentId: 's1', messages: ['m2'] }],
  updateConversationSegment: [{ segmentId: 's1', summary: 'tea' }],
  getSegmentingStep: [
    { channelId: 'c', strategy: 'gap-30', window: 5 },
    { channelId: 'c', strategy: 'gap-30', window: 5, limit: 1 },
  ],
  applySegmentingStep: [
    {
      channelId: 'c',
      strategy: 'gap-30',
      cursor: stepCursor(1n),
      messages: [{ messageId: 'm1', segmentId: 'gap-30:1', isNew: true }],
    },
    {
      channelId: 'c',
      strategy: 'gap-30',
      cursor: stepCursor(2n),
      messages: [{ messageId: 'm2', segmentId: 'gap-30:1', contributionScore: 0.5 }],
    },
  ],
  storeEmbeddings: [
    {
      embeddings: [{ ownerType: 'message', ownerId: 'm1', model: 'mini', vector: Float32Array.of(1) }],
      leaseId: '1',
    },
    {
      embeddings: [
        { ownerType: 'message', ownerId: 'm1', model: 'mini', vector: Float32Array.of(1) },
        { ownerType: 'segment', ownerId: 's1', model: 'mini', vector: Float32Array.of(1) },
      ],
    },
  ],
  leaseEmbeddings: [
    { model: 'mini', owner: 'message' },
    { model: 'mini', owner: 'segment' },
    { model: 'new', owner: 'message', leaseMs: 1 },
    { model: 'new', owner: 'segment', leaseMs: 1 },
  ],
  releaseEmbeddings: [
    { model: 'new', owner: 'message', leaseId: '1', ownerIds: ['m1'] },
    { model: 'new', owner: 'segment', leaseId: '1', ownerIds: ['s1'] },
  ],
  embeddingProgress: [
    { model: 'mini', owner: 'message' },
    { model: 'new', owner: 'segment' },
  ],
  getChannel: [{ channelId: 'c' }],
  listChannels: resumed,
  getMessages: resumed.flatMap((page) =>
    [
      {},
      { with: ['user' as const] },
      { with: ['reactions' as const] },
      { messageType: 'message', with: ['user' as const] },
      { messageType: 'note' },
      { replyToMessageId: 'm1' },
      { messageType: 'note', replyToMessageId: 'm1' },
    ].map((filter) => ({ channelId: 'c', before: 9, after: 0, ...page, ...filter })),
  ),
  getUserMessages: resumed.flatMap((page) => [
    { userId: 'u', with: ['user' as const], ...page },
    { userId: 'u', channelId: 'c', before: 9, after: 0, ...page },
  ]),
  getReactions: [
    { messageId: 'm1', withRemoved: true },
    { messageId: 'm1', cursor },
  ],
  getMessageHistory: [{ messageId: 'm1' }, { messageId: 'm1', cursor }],
  getMessage: [{ messageId: 'm1' }, { messageId: 'm1', with: ['reactions', 'user'] }],
  getMessagesByIds: [{ messageIds: ['m1'] }],
  getMessageContext: [{ messageId: 'm1' }],
  countExpiredMessages: [
    { olderThan: 9, keepPinned: true },
    { olderThan: 9, channelId: 'c', keepPinned: true },
  ],
  countMessages: [{}, { channelId: 'c' }, { channelId: 'c', after: 0 }, { before: 5 }],
  recall: [
    { text: 'changed hi', vector: Float32Array.of(1), model: 'mini' },
    { text: 'changed', channelId: 'c', wholeSegments: true, context: 1 },
  ],
  countMessagesBy: pages.flatMap(({ order }) => [
    { channelId: 'c', by: 'day', order },
    { userId: 'u', by: 'hour', order, after: 0, before: 9 },
    { userId: 'u', channelId: 'c', by: 'hour', order },
  ]),
  countUnread: [
    { channelId: 'c', afterMessageId: 'm2' },
    { channelId: 'c', after: 0 },
    { channelId: 'c', cursor, upTo: 5 },
  ],
  searchMessages: [
    { text: 'hi "hi hi" -tea from:u in:c after:1970', match: 'any', messageType: 'message' },
    { text: 'changed', order: 'time', userId: 'u', highlight: true },
    { text: 'h*', channelIds: ['c'] },
  ],
  getConversationSegment: [{ segmentId: 's1' }],
  getConversationSegments: resumed.map((page) => ({ channelId: 'c', ...page })),
  getOverlappingSegments: resumed.map((page) => ({ channelId: 'c', startTime: 0, endTime: 9, ...page })),
  getSegmentMessages: [{ segmentId: 's1', with: ['user', 'reactions'] }],
  getSegmentMessageIds: [{ segmentIds: ['s1'] }],
  getEmbeddings: [
    { ownerType: 'message', ownerIds: ['m1'], model: 'mini' },
    { ownerType: 'segment', ownerIds: ['s1'] },
  ],
  searchByVector: (['message', 'segment'] as const).flatMap((owner) =>
    [true, false].flatMap((exact) => [
      { model: 'mini', vector: Float32Array.of(1), owner, exact },
      { model: 'mini', vector: Float32Array.of(1), owner, exact, channelIds: ['c'], before: 9 },
      ...(owner === 'message'
        ? [{ model: 'mini', vector: Float32Array.of(1), owner, exact, userId: 'u' }]
        : []),
    ]),
  ),
  getUser: [{ userId: 'u' }],
  getUsers: [{ userIds: ['u'] }],
  listUsersByActivity: resumed,
  searchByDisplayName: [{ query: 'ad', limit: 1 }],
  getProfile: [{ userId: 'u' }],
  listChanges: [{}, { after: 'c0.0' }, { after: 'c0.0', channelId: 'c', limit: 3 }],
  countRows: [{}],
  exportRows: exportKinds.flatMap((kind) => [{ kind }, { kind, channelId: 'c' }]),
  importForgottenUsers: [{ users: [{ userHash: 'a'.repeat(64), forgottenAt: 1 }] }],
  importModels: [{ models: [{ model: 'mini', dimension: 1 }] }],
  importUserActivity: [
    { users: [{ userId: 'u', messageCount: 1, firstSeen: 1 }] },
    { users: [{ userId: 'new', messageCount: 0, firstSeen: 1, deletedAt: 1 }] },
  ],
  deleteReaction: [{ messageId: 'm1', userId: 'u', reaction: 'x' }],
  deleteMessageHistory: [{ messageId: 'm1' }],
  deleteEmbeddings: [
    { ownerType: 'message', ownerIds: ['m1'], model: 'mini' },
    { ownerType: 'segment', ownerIds: ['s1'] },
  ],
  deleteConversationSegment: [{ segmentId: 's1' }],
  deleteMessages: [{ messageIds: ['m0'] }],
  deleteUser: [{ userId: 'u' }, { userId: 'v' }],
  forgetUser: [{ userId: 'u' }, { userId: 'w', mayReturn: true }],
  deleteMatchingMessages: [
    { channelId: 'c', replyToMessageId: 'm1' },
    { channelId: 'c', messageType: 'note', before: 0 },
    { userId: 'u', messageType: 'note', before: 9, cursor },
    { userId: 'u', channelId: 'c', before: 0 },
    { channelId: 'c', after: 9, cursor },
  ],
  deleteExpiredMessages: [
    { olderThan: 9, keepPinned: true },
    { olderThan: 9, channelId: 'c' },
  ],
  deleteChannel: [{ channelId: 'c' }],
  releaseSpace: [{}],
  checkpoint: [{}],
  optimize: [{}],
}
