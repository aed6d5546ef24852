import { ConvoDbError } from '../protocol/errors.js'
import type { AnyResult, OperationMessage, PlainOperation } from '../protocol/messages.js'
import type {
  AfterIndexingOperationName,
  OperationName,
  ReadOperationName,
  WireParams,
  WireResult,
  WriteOperationName,
} from '../protocol/operations.js'
import type { Packed } from '../protocol/packed.js'
import { toPlain } from '../protocol/packed-operations.js'
import type { OperationGroup } from '../protocol/requests.js'
import type { ReadConnection, WriteConnection } from './connection/connection.js'
import { jsonOf } from './reading/json-answer.js'
import { answerOne } from './reading/pack-answer.js'
import { concernsTransaction } from './writer/faults.js'
import { recall, recallAsJson } from './recall/recall.js'
import { searchMessages, searchMessagesAsJson } from './search/search-messages.js'
import { toErrorData } from './connection/sqlite-errors.js'
import { listChanges, listChangesAsJson } from './tables/change-page.js'
import * as channels from './tables/channels.js'
import * as segments from './tables/conversation-segments.js'
import * as embeddings from './tables/embeddings.js'
import { embeddingProgress } from './tables/embedding-progress.js'
import { exportRows } from './tables/exported-rows.js'
import * as retention from './tables/expired-messages.js'
import * as forgottenUsers from './tables/forgotten-users.js'
import { deleteMessageHistory } from './tables/message-history.js'
import * as reactions from './tables/message-reactions.js'
import * as versions from './tables/message-versions.js'
import * as maintenance from './tables/maintenance.js'
import { indexMessages } from './tables/indexed-messages.js'
import { reindexChangedWords } from './tables/message-words.js'
import * as channelMessages from './tables/channel-messages.js'
import { listUsersByActivity } from './tables/active-users.js'
import { deleteMatchingMessages } from './tables/matching-messages.js'
import { countMessagesBy } from './tables/message-counts.js'
import { countUnread } from './tables/unread-messages.js'
import { getMessage, getMessagesByIds, getMessagesByIdsAsJson } from './tables/messages-by-ids.js'
import * as messages from './tables/messages.js'
import * as members from './tables/segment-messages.js'
import { leaseEmbeddings, releaseEmbeddings } from './tables/pending-embeddings.js'
import { applySegmentingStep } from './tables/segmenting-decisions.js'
import { getSegmentingStep } from './tables/segmenting-steps.js'
import { importUserActivity } from './tables/user-activity.js'
import * as userMessages from './tables/user-messages.js'
import * as profiles from './tables/user-profiles.js'
import * as users from './tables/users.js'
import { searchByVector } from './tables/vector-search.js'

type ReadHandlers = {
  readonly [N in ReadOperationName]: (
    connection: ReadConnection,
    params: WireParams<N>,
  ) => WireResult<N> | Packed
}
type WriteHandlers = {
  readonly [N in WriteOperationName]: (
    connection: WriteConnection,
    params: WireParams<N>,
  ) => WireResult<N> | Packed
}

interface IsAfterIndexing {
  readonly isAfterIndexing: true
}
/** What the registry says: the compiler refuses a handler that lacks the mark, and one that should not have it. */
type Marks = {
  readonly [N in WriteOperationName]: N extends AfterIndexingOperationName
    ? IsAfterIndexing
    : Partial<Record<keyof IsAfterIndexing, never>> & WriteHandlers[N]
}

function afterIndexing<WireParameters, Answer>(
  handle: (connection: WriteConnection, params: WireParameters) => Answer,
): typeof handle & IsAfterIndexing {
  const handleIndexed: typeof handle = (connection, params) => {
    indexMessages(connection)
    return handle(connection, params)
  }
  return Object.assign(handleIndexed, { isAfterIndexing: true as const })
}

const readHandlers: ReadHandlers = {
  getChannel: channels.getChannel,
  listChannels: channels.listChannels,
  getMessages: channelMessages.getMessages,
  getUserMessages: userMessages.getUserMessages,
  getMessage,
  getMessagesByIds,
  getMessageContext: channelMessages.getMessageContext,
  getReactions: reactions.getReactions,
  getMessageHistory: versions.getMessageHistory,
  countExpiredMessages: retention.countExpiredMessages,
  countMessages: channelMessages.countMessages,
  countMessagesBy,
  countUnread,
  searchMessages,
  recall,
  getConversationSegment: segments.getConversationSegment,
  getConversationSegments: segments.getConversationSegments,
  getOverlappingSegments: segments.getOverlappingSegments,
  getSegmentMessages: members.getSegmentMessages,
  getSegmentMessageIds: members.getSegmentMessageIds,
  getSegmentingStep,
  getEmbeddings: embeddings.getEmbeddings,
  searchByVector,
  embeddingProgress,
  getUser: users.getUser,
  getUsers: users.getUsers,
  listUsersByActivity,
  searchByDisplayName: users.searchByDisplayName,
  getProfile: profiles.getProfile,
  listChanges,
  countRows: maintenance.countRows,
  exportRows,
}

const writeHandlers: WriteHandlers = {
  upsertChannel: afterIndexing(channels.upsertChannel),
  deleteChannel: channels.deleteChannel,
  storeMessage: messages.storeMessage,
  addMessages: messages.addMessages,
  updateMessage: messages.updateMessage,
  deleteMessages: messages.deleteMessages,
  addReaction: reactions.addReaction,
  deleteReaction: reactions.deleteReaction,
  deleteMessageHistory,
  deleteMatchingMessages: afterIndexing(deleteMatchingMessages),
  deleteExpiredMessages: afterIndexing(retention.deleteExpiredMessages),
  createConversationSegment: segments.createConversationSegment,
  createSegmentWithMessages: members.createSegmentWithMessages,
  updateConversationSegment: segments.updateConversationSegment,
  deleteConversationSegment: segments.deleteConversationSegment,
  addMessageToSegment: members.addMessageToSegment,
  addMessagesToSegment: members.addMessagesToSegment,
  applySegmentingStep,
  storeEmbeddings: embeddings.storeEmbeddings,
  deleteEmbeddings: embeddings.deleteEmbeddings,
  leaseEmbeddings,
  releaseEmbeddings,
  upsertUser: afterIndexing(users.upsertUser),
  recordActivity: afterIndexing(users.recordActivity),
  updateProfile: afterIndexing(profiles.updateProfile),
  forgetUser: afterIndexing(forgottenUsers.forgetUser),
  deleteUser: afterIndexing(users.deleteUser),
  checkpoint: maintenance.checkpoint,
  releaseSpace: maintenance.releaseSpace,
  optimize: maintenance.optimize,
  importForgottenUsers: afterIndexing(forgottenUsers.importForgottenUsers),
  importReactions: reactions.importReactions,
  importMessageVersions: versions.importMessageVersions,
  importModels: embeddings.importModels,
  importUserActivity: afterIndexing(importUserActivity),
} satisfies Marks

const isRead = (message: PlainOperation): message is PlainOperation<ReadOperationName> =>
  Object.hasOwn(readHandlers, message.name)
const isWrite = (message: PlainOperation): message is PlainOperation<WriteOperationName> =>
  Object.hasOwn(writeHandlers, message.name)

function unknownOperation({ name }: { readonly name: string }, lane: string): ConvoDbError {
  return new ConvoDbError('INVALID_ARGUMENT', `'${name}' is no ${lane} operation`, { field: 'name' })
}

/**
 * Runs an operation that arrived as a message, in whatever transaction there is; throws what it throws.
 *
 * @throws INVALID_ARGUMENT when the lane has no such operation
 */
export function runReadMessage(
  connection: ReadConnection,
  message: OperationMessage,
): WireResult<ReadOperationName> | Packed | Uint8Array {
  const operation = toPlain(message)
  if (!isRead(operation)) throw unknownOperation(operation, 'read')
  return connection.scope.within(message.withinChannels, () => answerRead(connection, message, operation))
}

function answerRead(
  connection: ReadConnection,
  message: OperationMessage,
  operation: PlainOperation<ReadOperationName>,
): WireResult<ReadOperationName> | Packed | Uint8Array {
  if (message.form === undefined) return answerOne(runRead(connection, operation))
  return encode(runForJson(connection, operation), message.room)
}

/** As UTF-8 into a room, of which the length is the answer, or by itself. */
function encode(text: string, room: Uint8Array | undefined): number | Uint8Array {
  if (room !== undefined && text.length <= room.length) {
    const { read, written } = encoder.encodeInto(text, room)
    if (read === text.length) return written
  }
  return encoder.encode(text)
}

const encoder = new TextEncoder()

/** Messages are written row by row; what is read less often is written from its answer. */
function runForJson(connection: ReadConnection, operation: PlainOperation<ReadOperationName>): string {
  switch (operation.name) {
    case 'getMessages':
      return channelMessages.getMessagesAsJson(connection, operation.params)
    case 'getUserMessages':
      return userMessages.getUserMessagesAsJson(connection, operation.params)
    case 'getMessageContext':
      return channelMessages.getMessageContextAsJson(connection, operation.params)
    case 'getMessagesByIds':
      return getMessagesByIdsAsJson(connection, operation.params)
    case 'listChanges':
      return listChangesAsJson(connection, operation.params)
    case 'recall':
      return recallAsJson(connection, operation.params)
    case 'searchMessages':
      return searchMessagesAsJson(connection, operation.params)
    case 'getSegmentMessages':
      return members.getSegmentMessagesAsJson(connection, operation.params)
    default:
      return jsonOf(operation.name, runRead(connection, operation))
  }
}

export function runWriteMessage(
  connection: WriteConnection,
  message: OperationMessage,
): WireResult<WriteOperationName> | Packed {
  const operation = toPlain(message)
  if (!isWrite(operation)) throw unknownOperation(operation, 'write')
  return answerOne(runWrite(connection, operation))
}

/** Runs one of several operations. What is unindexed is indexed before a read: only a reader's connection follows it. */
export function runOneOfSeveral(connection: WriteConnection, operation: OperationMessage): AnyResult {
  if (Object.hasOwn(writeHandlers, operation.name)) return runWriteMessage(connection, operation)
  indexMessages(connection)
  reindexChangedWords(connection)
  return runReadMessage(connection, operation)
}

/**
 * Runs the operations of one call, each seeing what those before it did.
 *
 * @throws what the first that fails throws, naming it; whoever began the transaction undoes the others
 */
export function runGroup(connection: WriteConnection, { operations }: OperationGroup): AnyResult[] {
  return operations.map((operation, index) => {
    try {
      return runOneOfSeveral(connection, operation)
    } catch (error) {
      throw ofOperation(error, index, operation.name)
    }
  })
}

/** Names the operation, unless what it met concerns the transaction: others, who asked for none of this, get that, too. */
function ofOperation(error: unknown, index: number, operation: OperationName): unknown {
  const data = toErrorData(error)
  if (concernsTransaction(data)) return error
  const { code, message, details, cause } = data
  const text = `operations[${index}] (${operation}): ${message}`
  return new ConvoDbError(code, text, { ...details, index, operation }, { cause })
}

const runRead = <N extends ReadOperationName>(connection: ReadConnection, message: PlainOperation<N>) =>
  readHandlers[message.name](connection, message.params)

const runWrite = <N extends WriteOperationName>(connection: WriteConnection, message: PlainOperation<N>) =>
  writeHandlers[message.name](connection, message.params)
