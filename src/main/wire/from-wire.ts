import type { JsonObject } from '../../protocol/models.js'
import type { OperationName, Result, WireResult } from '../../protocol/operations.js'
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
const json = (text: string): JsonObject => JSON.parse(text)
const jsonOrNull = (text: string | null): JsonObject | null => (text === null ? null : json(text))

const toChannel = (wire: Wire<Channel>): Channel => ({
  ...wire,
  metadata: jsonOrNull(wire.metadata),
  createdAt: time(wire.createdAt),
  lastActive: timeOrNull(wire.lastActive),
})

const toMessage = (wire: Wire<Message>): Message => ({
  ...wire,
  timestamp: time(wire.timestamp),
  editedAt: timeOrNull(wire.editedAt),
  metadata: jsonOrNull(wire.metadata),
})

const toMember = (wire: Wire<SegmentMessage>): SegmentMessage => ({
  ...toMessage(wire),
  position: wire.position,
  contributionScore: wire.contributionScore,
})

const toSegment = (wire: Wire<ConversationSegment>): ConversationSegment => ({
  ...wire,
  startTime: time(wire.startTime),
  endTime: time(wire.endTime),
  metadata: jsonOrNull(wire.metadata),
})

const toEmbedding = (wire: Wire<Embedding>): Embedding => ({ ...wire, createdAt: time(wire.createdAt) })

const toUser = (wire: Wire<User>): User => ({
  ...wire,
  metadata: jsonOrNull(wire.metadata),
  firstSeen: time(wire.firstSeen),
  lastActive: timeOrNull(wire.lastActive),
})

const toProfile = (wire: Wire<UserProfile>): UserProfile => ({
  ...wire,
  profile: json(wire.profile),
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
  getMessages: page(toMessage),
  getMessagesByIds: all(toMessage),
  getMessageContext: ifFound(({ before, message, after }) => ({
    before: before.map(toMessage),
    message: toMessage(message),
    after: after.map(toMessage),
  })),
  updateMessage: toMessage,
  deleteMessages: same,
  countMessages: same,
  createConversationSegment: toSegment,
  createSegmentWithMessages: toSegment,
  addMessageToSegment: same,
  addMessagesToSegment: same,
  getConversationSegment: ifFound(toSegment),
  getConversationSegments: page(toSegment),
  getOverlappingSegments: page(toSegment),
  getSegmentMessages: all(toMember),
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
  deleteUser: same,
  countRows: same,
  checkpoint: same,
  optimize: same,
}
