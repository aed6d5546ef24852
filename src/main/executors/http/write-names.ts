import type { Lane } from '../../../protocol/operation.js'
import type { WriteOperationName } from '../../../protocol/operations.js'

/** The registry is larger than all of the client, which needs no more of it than this; the compiler keeps it complete. */
const writes: { readonly [N in WriteOperationName]: true } = {
  upsertChannel: true,
  deleteChannel: true,
  storeMessage: true,
  addMessages: true,
  updateMessage: true,
  addReaction: true,
  deleteReaction: true,
  deleteMessageHistory: true,
  deleteMessages: true,
  deleteMatchingMessages: true,
  deleteExpiredMessages: true,
  createConversationSegment: true,
  createSegmentWithMessages: true,
  addMessageToSegment: true,
  addMessagesToSegment: true,
  updateConversationSegment: true,
  deleteConversationSegment: true,
  applySegmentingStep: true,
  storeEmbeddings: true,
  deleteEmbeddings: true,
  leaseEmbeddings: true,
  releaseEmbeddings: true,
  upsertUser: true,
  recordActivity: true,
  updateProfile: true,
  deleteUser: true,
  forgetUser: true,
  checkpoint: true,
  releaseSpace: true,
  optimize: true,
  importForgottenUsers: true,
  importModels: true,
  importReactions: true,
  importMessageVersions: true,
  importUserActivity: true,
}

/** A name that is none goes with the reads: the server says that there is no such operation. */
export const laneOf = (name: string): Lane => (Object.hasOwn(writes, name) ? 'write' : 'read')
