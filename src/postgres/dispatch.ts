import { ConvoDbError } from '../protocol/errors.js'
import type { AnyResult, OperationMessage, PlainOperation } from '../protocol/messages.js'
import type {
  OperationName,
  ReadOperationName,
  WireParams,
  WireResult,
  WriteOperationName,
} from '../protocol/operations.js'
import { toPlain } from '../protocol/packed-operations.js'
import type { OperationGroup } from '../protocol/requests.js'
import type { Session } from './connection/session.js'
import { toError } from './connection/errors.js'
import { embeddingProgress } from './pending/embedding-progress.js'
import { releaseEmbeddings } from './pending/held-leases.js'
import { leaseEmbeddings } from './pending/lease-embeddings.js'
import { applySegmentingStep } from './segmenting/segmenting-decisions.js'
import { getSegmentingStep } from './segmenting/segmenting-steps.js'
import { listUsersByActivity } from './tables/active-users.js'
import { listChanges } from './tables/change-page.js'
import * as channelMessages from './tables/channel-messages.js'
import * as channels from './tables/channels.js'
import * as segments from './tables/conversation-segments.js'
import * as slices from './tables/deleted-slices.js'
import * as embeddings from './tables/embeddings.js'
import { exportRows } from './tables/exported-rows.js'
import { forgetUser, importForgottenUsers } from './tables/forget-user.js'
import * as maintenance from './tables/maintenance.js'
import { getMessageContext } from './tables/message-context.js'
import * as counts from './tables/message-counts.js'
import { deleteMessageHistory } from './tables/message-history.js'
import * as reactions from './tables/message-reactions.js'
import * as versions from './tables/message-versions.js'
import { getMessage, getMessagesByIds } from './tables/messages-by-ids.js'
import * as messages from './tables/messages.js'
import * as members from './tables/segment-messages.js'
import { searchByVector } from './tables/vector-search.js'
import { writeCounters } from './tables/written-counters.js'
import { importUserActivity } from './tables/user-activity.js'
import { recall } from './recall/recall.js'
import { searchMessages } from './search/search-messages.js'
import { getUserMessages } from './tables/user-messages.js'
import * as profiles from './tables/user-profiles.js'
import * as users from './tables/users.js'

type Handlers<Names extends OperationName> = {
  readonly [N in Names]: (session: Session, params: WireParams<N>) => Promise<WireResult<N>>
}

const readHandlers: Handlers<ReadOperationName> = {
  getChannel: channels.getChannel,
  listChannels: channels.listChannels,
  getMessages: channelMessages.getMessages,
  getUserMessages,
  getMessage,
  getMessagesByIds,
  getMessageContext: getMessageContext,
  getReactions: reactions.getReactions,
  getMessageHistory: versions.getMessageHistory,
  countExpiredMessages: slices.countExpiredMessages,
  countMessages: channelMessages.countMessages,
  countMessagesBy: counts.countMessagesBy,
  countUnread: counts.countUnread,
  getConversationSegment: segments.getConversationSegment,
  getConversationSegments: segments.getConversationSegments,
  getOverlappingSegments: segments.getOverlappingSegments,
  getSegmentMessages: members.getSegmentMessages,
  getSegmentMessageIds: members.getSegmentMessageIds,
  getEmbeddings: embeddings.getEmbeddings,
  getUser: users.getUser,
  getUsers: users.getUsers,
  listUsersByActivity,
  searchByDisplayName: users.searchByDisplayName,
  getProfile: profiles.getProfile,
  countRows: maintenance.countRows,
  searchMessages,
  recall,
  searchByVector,
  getSegmentingStep,
  embeddingProgress,
  listChanges,
  exportRows,
}

const writeHandlers: Handlers<WriteOperationName> = {
  upsertChannel: channels.upsertChannel,
  deleteChannel: channels.deleteChannel,
  storeMessage: messages.storeMessage,
  addMessages: messages.addMessages,
  updateMessage: messages.updateMessage,
  deleteMessages: messages.deleteMessages,
  deleteMatchingMessages: slices.deleteMatchingMessages,
  deleteExpiredMessages: slices.deleteExpiredMessages,
  addReaction: reactions.addReaction,
  deleteReaction: reactions.deleteReaction,
  deleteMessageHistory,
  createConversationSegment: segments.createConversationSegment,
  createSegmentWithMessages: members.createSegmentWithMessages,
  addMessageToSegment: members.addMessageToSegment,
  addMessagesToSegment: members.addMessagesToSegment,
  updateConversationSegment: segments.updateConversationSegment,
  deleteConversationSegment: segments.deleteConversationSegment,
  storeEmbeddings: embeddings.storeEmbeddings,
  deleteEmbeddings: embeddings.deleteEmbeddings,
  upsertUser: users.upsertUser,
  recordActivity: users.recordActivity,
  updateProfile: profiles.updateProfile,
  forgetUser,
  deleteUser: users.deleteUser,
  checkpoint: maintenance.checkpoint,
  releaseSpace: maintenance.releaseSpace,
  optimize: maintenance.optimize,
  importReactions: reactions.importReactions,
  importMessageVersions: versions.importMessageVersions,
  importModels: embeddings.importModels,
  importForgottenUsers,
  importUserActivity,
  applySegmentingStep,
  leaseEmbeddings,
  releaseEmbeddings,
}

const isRead = (message: PlainOperation): message is PlainOperation<ReadOperationName> =>
  Object.hasOwn(readHandlers, message.name)
const isWrite = (message: PlainOperation): message is PlainOperation<WriteOperationName> =>
  Object.hasOwn(writeHandlers, message.name)

/** These look at no counters, so that those of a whole batch are written once. */
const storing: ReadonlySet<OperationName> = new Set([
  'storeMessage',
  'addMessages',
  'updateMessage',
  'deleteMessages',
])

/** Runs an operation that arrived as a message, in whatever transaction there is; throws what it throws. */
export async function runOperation(session: Session, message: OperationMessage): Promise<AnyResult> {
  if (!storing.has(message.name)) writeCounters(session)
  const operation = toPlain(message)
  const held = session.within(message.withinChannels)
  if (isRead(operation)) return runRead(held, operation)
  if (isWrite(operation)) return runWrite(held, operation)
  throw new ConvoDbError('INVALID_ARGUMENT', `There is no such operation`, { field: 'name' })
}

const runRead = <N extends ReadOperationName>(session: Session, message: PlainOperation<N>) =>
  readHandlers[message.name](session, message.params)

const runWrite = <N extends WriteOperationName>(session: Session, message: PlainOperation<N>) =>
  writeHandlers[message.name](session, message.params)

/** Runs the operations of one call, each seeing what those before it did. @throws what the first that fails throws, naming it */
export async function runGroup(session: Session, { operations }: OperationGroup): Promise<AnyResult[]> {
  const results: AnyResult[] = []
  for (const [index, operation] of operations.entries()) {
    try {
      results.push(await runOperation(session, operation))
      // What it sent it is to blame for.
      await session.settle()
    } catch (error) {
      throw ofOperation(error, index, operation.name)
    }
  }
  return results
}

/** Names the operation, unless what it met concerns the transaction: others, who asked for none of this, get that, too. */
function ofOperation(error: unknown, index: number, operation: OperationName): unknown {
  if (!(error instanceof ConvoDbError)) return error
  const { code, message, details, cause } = toError(error)
  return new ConvoDbError(
    code,
    `operations[${index}] (${operation}): ${message}`,
    { ...details, index, operation },
    { cause },
  )
}
