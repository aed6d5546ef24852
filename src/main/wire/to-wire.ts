import { ConvoDbError } from '../../protocol/errors.js'
import { append, emptyColumns, type MessageColumns } from '../../protocol/message-columns.js'
import type { JsonObject } from '../../protocol/models.js'
import type { OperationName, Params, WireParams } from '../../protocol/operations.js'
import { parseTime } from '../../protocol/time.js'
import { parseVector } from '../../protocol/vector.js'
import type { TimeInput, VectorInput } from '../../protocol/wire.js'

type ToWire = { readonly [N in OperationName]: (params: Params<N>) => WireParams<N> }

function required<Value>(value: Value | undefined, kind: string): Value {
  if (value === undefined)
    throw new ConvoDbError('INVALID_ARGUMENT', `A ${kind} is not valid`, { field: kind })
  return value
}

const time = (value: TimeInput): number => required(parseTime(value), 'time')
const vector = (value: VectorInput): Float32Array => required(parseVector(value), 'vector')

/** Applies `convert` where there is something to convert; null and undefined keep their meaning. */
const given =
  <Value, Converted>(convert: (value: Value) => Converted) =>
  <Absent extends null | undefined>(value: Value | Absent): Converted | Absent =>
    isAbsent<Value, Absent>(value) ? value : convert(value)

const isAbsent = <Value, Absent extends null | undefined>(value: Value | Absent): value is Absent =>
  value === null || value === undefined

const anyTime = given(time)
const anyVector = given(vector)
const anyJson = given((value: JsonObject): string => JSON.stringify(value))

type NewMessage = Params<'addMessages'>['messages'][number]
/** Field by field: spreading an object costs more than all the rest of a call. */
const message = (input: NewMessage) => ({
  messageId: input.messageId,
  channelId: input.channelId,
  userId: input.userId,
  content: input.content,
  timestamp: time(input.timestamp),
  messageType: input.messageType,
  replyToMessageId: input.replyToMessageId,
  editedAt: anyTime(input.editedAt),
  metadata: anyJson(input.metadata),
})

function columnsOf(messages: readonly NewMessage[]): MessageColumns {
  const columns = emptyColumns()
  for (const input of messages) append(columns, message(input))
  return columns
}

type NewMembers = Params<'addMessagesToSegment'>['messages']
const members = (input: NewMembers) =>
  input.map((member) => (typeof member === 'string' ? member : { ...member }))

type NewSegment = Params<'createConversationSegment'>
const segment = (input: NewSegment) => ({
  ...input,
  startTime: time(input.startTime),
  endTime: time(input.endTime),
  vector: anyVector(input.vector),
  metadata: anyJson(input.metadata),
})

type TimeRange = { readonly before?: TimeInput | undefined; readonly after?: TimeInput | undefined }
const range = ({ before, after }: TimeRange) => ({ before: anyTime(before), after: anyTime(after) })

/**
 * Turns checked parameters into the form that crosses threads. It is a copy: what the caller does to its objects
 * afterwards changes nothing that waits in a queue.
 */
export const toWire: ToWire = {
  upsertChannel: (p) => ({ ...p, metadata: anyJson(p.metadata), createdAt: anyTime(p.createdAt) }),
  getChannel: (p) => ({ ...p }),
  listChannels: (p) => ({ ...p }),
  deleteChannel: (p) => ({ ...p }),
  storeMessage: (p) => ({
    messageId: p.messageId,
    channelId: p.channelId,
    userId: p.userId,
    content: p.content,
    timestamp: time(p.timestamp),
    messageType: p.messageType,
    replyToMessageId: p.replyToMessageId,
    editedAt: anyTime(p.editedAt),
    metadata: anyJson(p.metadata),
    onConflict: p.onConflict,
  }),
  addMessages: ({ messages, onConflict }) => ({ columns: columnsOf(messages), onConflict }),
  getMessages: (p) => ({ ...p, ...range(p) }),
  getMessagesByIds: ({ messageIds }) => ({ messageIds: [...messageIds] }),
  getMessageContext: (p) => ({ ...p }),
  updateMessage: (p) => ({
    ...p,
    timestamp: anyTime(p.timestamp),
    editedAt: anyTime(p.editedAt),
    metadata: anyJson(p.metadata),
  }),
  deleteMessages: ({ messageIds }) => ({ messageIds: [...messageIds] }),
  deleteExpiredMessages: (p) => ({ ...p, olderThan: time(p.olderThan) }),
  countExpiredMessages: (p) => ({ ...p, olderThan: time(p.olderThan) }),
  countMessages: (p) => ({ ...p, ...range(p) }),
  createConversationSegment: segment,
  createSegmentWithMessages: ({ messages, ...input }) => ({
    ...segment(input),
    messages: members(messages),
  }),
  addMessageToSegment: (p) => ({ ...p }),
  addMessagesToSegment: (p) => ({ ...p, messages: members(p.messages) }),
  getConversationSegment: (p) => ({ ...p }),
  getConversationSegments: (p) => ({ ...p, ...range(p) }),
  getOverlappingSegments: (p) => ({ ...p, startTime: time(p.startTime), endTime: time(p.endTime) }),
  getSegmentMessages: (p) => ({ ...p }),
  getSegmentMessageIds: ({ segmentIds }) => ({ segmentIds: [...segmentIds] }),
  updateConversationSegment: (p) => ({
    ...p,
    startTime: anyTime(p.startTime),
    endTime: anyTime(p.endTime),
    vector: anyVector(p.vector),
    metadata: anyJson(p.metadata),
  }),
  deleteConversationSegment: (p) => ({ ...p }),
  storeEmbeddings: ({ embeddings }) => ({
    embeddings: embeddings.map((embedding) => ({ ...embedding, vector: vector(embedding.vector) })),
  }),
  getEmbeddings: (p) => ({ ...p, ownerIds: [...p.ownerIds] }),
  deleteEmbeddings: (p) => ({ ...p, ownerIds: [...p.ownerIds] }),
  upsertUser: (p) => ({ ...p, metadata: anyJson(p.metadata), firstSeen: anyTime(p.firstSeen) }),
  recordActivity: (p) => ({ ...p, timestamp: anyTime(p.timestamp) }),
  getUser: (p) => ({ ...p }),
  getUsers: ({ userIds }) => ({ userIds: [...userIds] }),
  searchByDisplayName: (p) => ({ ...p }),
  getProfile: (p) => ({ ...p }),
  updateProfile: (p) => ({ ...p, profile: JSON.stringify(p.profile) }),
  forgetUser: (p) => ({ ...p }),
  deleteUser: (p) => ({ ...p }),
  countRows: (p) => ({ ...p }),
  checkpoint: (p) => ({ ...p }),
  releaseSpace: (p) => ({ ...p }),
  optimize: (p) => ({ ...p }),
}
