import type { MemberRow, MessageRow, MessageRows } from '../../protocol/message-rows.js'
import type { OperationName, Result, WireResult } from '../../protocol/operations.js'
import { readJson, readMetadata } from './read-json.js'
import type { Wire } from '../../protocol/wire.js'
import type {
  Channel,
  ConversationSegment,
  Embedding,
  Message,
  Page,
  SegmentMessage,
  User,
  UserProfile,
} from '../../protocol/models.js'

type FromWire = { readonly [N in OperationName]: (wire: WireResult<N>) => Result<N> }

const time = (epochMs: number): Date => new Date(epochMs)
const timeOrNull = (epochMs: number | null): Date | null => (epochMs === null ? null : new Date(epochMs))

const toChannel = (wire: Wire<Channel>): Channel => ({
  ...wire,
  metadata: readMetadata(wire.metadata, { channelId: wire.channelId }),
  createdAt: time(wire.createdAt),
  lastActive: timeOrNull(wire.lastActive),
})

const toMessage = (wire: Wire<Message>): Message => ({
  ...wire,
  timestamp: time(wire.timestamp),
  editedAt: timeOrNull(wire.editedAt),
  metadata: readMetadata(wire.metadata, { messageId: wire.messageId }),
})

const rowToMessage = ([
  messageId,
  channelId,
  userId,
  content,
  timestamp,
  messageType,
  replyToMessageId,
  editedAt,
  metadata,
]: MessageRow): Message => ({
  messageId,
  channelId,
  userId,
  content,
  timestamp: time(timestamp),
  messageType,
  replyToMessageId,
  editedAt: timeOrNull(editedAt),
  metadata: readMetadata(metadata, { messageId }),
})

const toMessages = (rows: MessageRows): Message[] => {
  const parsed: MessageRow[] = JSON.parse(rows)
  return parsed.map(rowToMessage)
}

function splitMember(
  row: MemberRow,
): [message: MessageRow, position: number, contributionScore: number | null] {
  const [id, channel, user, content, at, type, reply, edited, metadata, position, score] = row
  return [[id, channel, user, content, at, type, reply, edited, metadata], position, score]
}

const toMembers = (rows: MessageRows): SegmentMessage[] => {
  const parsed: MemberRow[] = JSON.parse(rows)
  return parsed.map((row) => {
    const [messageRow, position, contributionScore] = splitMember(row)
    return { ...rowToMessage(messageRow), position, contributionScore }
  })
}

const toSegment = (wire: Wire<ConversationSegment>): ConversationSegment => ({
  ...wire,
  startTime: time(wire.startTime),
  endTime: time(wire.endTime),
  metadata: readMetadata(wire.metadata, { segmentId: wire.segmentId }),
})

const toEmbedding = (wire: Wire<Embedding>): Embedding => ({ ...wire, createdAt: time(wire.createdAt) })

const toUser = (wire: Wire<User>): User => ({
  ...wire,
  metadata: readMetadata(wire.metadata, { userId: wire.userId }),
  firstSeen: time(wire.firstSeen),
  lastActive: timeOrNull(wire.lastActive),
})

const toProfile = (wire: Wire<UserProfile>): UserProfile => ({
  ...wire,
  profile: readJson(wire.profile, 'profile', { userId: wire.userId }),
  updatedAt: time(wire.updatedAt),
})

const page =
  <Item, WireItem>(toItem: (wire: WireItem) => Item) =>
  ({
    items,
    nextCursor,
  }: {
    readonly items: readonly WireItem[]
    readonly nextCursor: string | null
  }): Page<Item> => ({
    items: items.map(toItem),
    nextCursor,
  })

const all =
  <Item, WireItem>(toItem: (wire: WireItem) => Item) =>
  (items: readonly WireItem[]): Item[] =>
    items.map(toItem)

const ifFound =
  <Item, WireItem>(toItem: (wire: WireItem) => Item) =>
  (wire: WireItem | undefined): Item | undefined =>
    wire === undefined ? undefined : toItem(wire)

const same = <Value>(value: Value): Value => value

/** Turns what came from a worker into what callers see. */
export const fromWire: FromWire = {
  upsertChannel: toChannel,
  getChannel: ifFound(toChannel),
  listChannels: page(toChannel),
  deleteChannel: same,
  storeMessage: same,
  addMessages: same,
  getMessages: ({ items, nextCursor }) => ({ items: toMessages(items), nextCursor }),
  getMessagesByIds: toMessages,
  getMessageContext: ifFound(({ before, message, after }) => ({
    before: toMessages(before),
    message: toMessage(message),
    after: toMessages(after),
  })),
  updateMessage: toMessage,
  deleteMessages: same,
  deleteExpiredMessages: same,
  countExpiredMessages: same,
  countMessages: same,
  createConversationSegment: toSegment,
  createSegmentWithMessages: toSegment,
  addMessageToSegment: same,
  addMessagesToSegment: same,
  getConversationSegment: ifFound(toSegment),
  getConversationSegments: page(toSegment),
  getOverlappingSegments: page(toSegment),
  getSegmentMessages: toMembers,
  getSegmentMessageIds: all(({ segmentId, messageIds }) => ({ segmentId, messageIds: [...messageIds] })),
  updateConversationSegment: toSegment,
  deleteConversationSegment: same,
  storeEmbeddings: same,
  getEmbeddings: all(toEmbedding),
  deleteEmbeddings: same,
  upsertUser: toUser,
  recordActivity: toUser,
  getUser: ifFound(toUser),
  getUsers: all(toUser),
  searchByDisplayName: page(toUser),
  getProfile: ifFound(toProfile),
  updateProfile: toProfile,
  forgetUser: (receipt) => ({ ...receipt, forgottenAt: time(receipt.forgottenAt) }),
  deleteUser: same,
  countRows: same,
  checkpoint: same,
  releaseSpace: same,
  optimize: same,
}
