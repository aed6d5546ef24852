import type { MemberRow, MessageRow, SegmentMessageIdsPart } from '../../protocol/message-rows.js'
import type {
  Channel,
  ConversationSegment,
  Embedding,
  ExportedLines,
  ForgetReceipt,
  Message,
  MessageContext,
  SegmentMessage,
  SegmentMessageIds,
  User,
  UserProfile,
} from '../../protocol/models.js'
import type { OperationName, WireResult } from '../../protocol/operations.js'
import { isPacked, type Packed } from '../../protocol/packed.js'
import type { Steps } from '../../protocol/steps.js'
import type { Wire } from '../../protocol/wire.js'
import type { DecodeAnswer } from '../executors/executor.js'
import { Stepwise } from '../stepwise.js'
import { decodeList, decodeParts } from './decode-packed.js'
import { all, decodeRows, ifFound, one, page, pageOfRows, rows, same } from './decoders.js'
import type { ParseJson } from './parse-json.js'
import { readJson, readMetadata } from './read-json.js'

type FromWire = { readonly [N in OperationName]: DecodeAnswer<N> }

const time = (epochMs: number): Date => new Date(epochMs)
const timeOrNull = (epochMs: number | null): Date | null => (epochMs === null ? null : new Date(epochMs))

const toChannel = (wire: Wire<Channel>, parse: ParseJson = JSON.parse): Channel => ({
  ...wire,
  metadata: readMetadata(wire.metadata, { channelId: wire.channelId }, parse),
  createdAt: time(wire.createdAt),
  lastActive: timeOrNull(wire.lastActive),
})

const toMessage = (wire: Wire<Message>, parse: ParseJson = JSON.parse): Message => ({
  ...wire,
  timestamp: time(wire.timestamp),
  editedAt: timeOrNull(wire.editedAt),
  metadata: readMetadata(wire.metadata, { messageId: wire.messageId }, parse),
})

const rowToMessage = (
  [
    messageId,
    channelId,
    userId,
    content,
    timestamp,
    messageType,
    replyToMessageId,
    editedAt,
    metadata,
  ]: MessageRow,
  parse: ParseJson = JSON.parse,
): Message => ({
  messageId,
  channelId,
  userId,
  content,
  timestamp: time(timestamp),
  messageType,
  replyToMessageId,
  editedAt: timeOrNull(editedAt),
  metadata: readMetadata(metadata, { messageId }, parse),
})

function splitMember(
  row: MemberRow,
): [message: MessageRow, position: number, contributionScore: number | null] {
  const [id, channel, user, content, at, type, reply, edited, metadata, position, score] = row
  return [[id, channel, user, content, at, type, reply, edited, metadata], position, score]
}

const rowToMember = (row: MemberRow, parse?: ParseJson): SegmentMessage => {
  const [messageRow, position, contributionScore] = splitMember(row)
  return { ...rowToMessage(messageRow, parse), position, contributionScore }
}

const toSegment = (wire: Wire<ConversationSegment>, parse: ParseJson = JSON.parse): ConversationSegment => ({
  ...wire,
  startTime: time(wire.startTime),
  endTime: time(wire.endTime),
  metadata: readMetadata(wire.metadata, { segmentId: wire.segmentId }, parse),
})

const toEmbedding = (wire: Wire<Embedding>): Embedding => ({ ...wire, createdAt: time(wire.createdAt) })

const toUser = (wire: Wire<User>, parse: ParseJson = JSON.parse): User => ({
  ...wire,
  metadata: readMetadata(wire.metadata, { userId: wire.userId }, parse),
  firstSeen: time(wire.firstSeen),
  lastActive: timeOrNull(wire.lastActive),
})

const toProfile = (wire: Wire<UserProfile>, parse: ParseJson = JSON.parse): UserProfile => ({
  ...wire,
  profile: readJson(wire.profile, 'profile', { userId: wire.userId }, parse),
  updatedAt: time(wire.updatedAt),
})

const toReceipt = (wire: Wire<ForgetReceipt>): ForgetReceipt => ({
  ...wire,
  forgottenAt: time(wire.forgottenAt),
})

const toLines = (wire: Wire<ExportedLines>): ExportedLines => ({ ...wire })

/** A message with two lists. */
function toContext(wire: WireResult<'getMessageContext'> | Packed) {
  if (wire === undefined) return undefined
  if (isPacked(wire)) return new Stepwise(decodeContext(wire))
  return {
    before: decodeRows(wire.before, rowToMessage),
    message: toMessage(wire.message),
    after: decodeRows(wire.after, rowToMessage),
  }
}

function* decodeContext(packed: Packed): Steps<MessageContext> {
  const { rest: message, lists } = yield* decodeParts(packed, rowToMessage, toMessage)
  if (message === undefined) throw new TypeError('A packed context lacks its message')
  return { before: lists.get('before') ?? [], message, after: lists.get('after') ?? [] }
}

/** A segment of many members came in several parts. */
function toMessageIds(wire: readonly SegmentMessageIdsPart[] | Packed) {
  return isPacked(wire) ? new Stepwise(decodeMessageIds(wire)) : joinIds(wire)
}

function* decodeMessageIds(packed: Packed): Steps<SegmentMessageIds[]> {
  return joinIds(yield* decodeList<SegmentMessageIdsPart, SegmentMessageIdsPart>(packed, (part) => part))
}

function joinIds(parts: readonly SegmentMessageIdsPart[]): SegmentMessageIds[] {
  const segments: SegmentMessageIds[] = []
  for (const { segmentId, messageIds, continues = false } of parts) {
    const last = segments.at(-1)
    if (continues && last !== undefined) for (const id of messageIds) last.messageIds.push(id)
    else segments.push({ segmentId, messageIds: [...messageIds] })
  }
  return segments
}

/** Turns what came from a worker into what callers see. */
export const fromWire: FromWire = {
  upsertChannel: one(toChannel),
  getChannel: ifFound(toChannel),
  listChannels: page(toChannel),
  deleteChannel: same,
  storeMessage: same,
  addMessages: same,
  getMessages: pageOfRows(rowToMessage),
  getMessagesByIds: rows(rowToMessage),
  getMessageContext: toContext,
  updateMessage: one(toMessage),
  deleteMessages: same,
  deleteExpiredMessages: same,
  countExpiredMessages: same,
  countMessages: same,
  createConversationSegment: one(toSegment),
  createSegmentWithMessages: one(toSegment),
  addMessageToSegment: same,
  addMessagesToSegment: same,
  getConversationSegment: ifFound(toSegment),
  getConversationSegments: page(toSegment),
  getOverlappingSegments: page(toSegment),
  getSegmentMessages: rows(rowToMember),
  getSegmentMessageIds: toMessageIds,
  updateConversationSegment: one(toSegment),
  deleteConversationSegment: same,
  storeEmbeddings: same,
  getEmbeddings: all(toEmbedding),
  deleteEmbeddings: same,
  upsertUser: one(toUser),
  recordActivity: one(toUser),
  getUser: ifFound(toUser),
  getUsers: all(toUser),
  searchByDisplayName: page(toUser),
  getProfile: ifFound(toProfile),
  updateProfile: one(toProfile),
  forgetUser: one(toReceipt),
  deleteUser: same,
  countRows: same,
  checkpoint: same,
  releaseSpace: same,
  optimize: same,
  exportRows: one(toLines),
  importForgottenUsers: same,
  importModels: same,
  importUserActivity: same,
}
