import { isOperationName, type OperationName } from '../../protocol/operations.js'
import type { Caller } from './caller.js'
import { outsideItsChannels } from './outside-its-channels.js'

/** How an operation is kept within the channels of a key that is for certain ones. */
type ChannelRule =
  /** It names a channel, which must be one of them. */
  | 'names a channel'
  /** Each of its messages names a channel, which must be one of them. */
  | 'names channels'
  /** Where it names channels, each must be one of them; where it names none, it is of all of them. */
  | 'may name channels'
  /** It names ids, or lists: the database does it within the channels, in which there is nothing of others. */
  | 'within'
  /** What it tells or changes is of no one channel. */
  | 'refused'

/** For every operation there is; the compiler names each one that has no rule. */
export const channelRules: { readonly [N in OperationName]: ChannelRule } = {
  upsertChannel: 'names a channel',
  getChannel: 'names a channel',
  listChannels: 'within',
  deleteChannel: 'names a channel',

  storeMessage: 'names a channel',
  addMessages: 'names channels',
  getMessages: 'names a channel',
  // Of all channels only whoever may know all of them.
  getUserMessages: 'names a channel',
  getMessage: 'within',
  getMessagesByIds: 'within',
  getMessageContext: 'within',
  searchMessages: 'may name channels',
  recall: 'may name channels',
  addReaction: 'within',
  deleteReaction: 'within',
  getReactions: 'within',
  getMessageHistory: 'within',
  deleteMessageHistory: 'within',
  updateMessage: 'within',
  deleteMessages: 'within',
  deleteMatchingMessages: 'names a channel',
  deleteExpiredMessages: 'refused',
  countExpiredMessages: 'names a channel',
  countMessages: 'names a channel',
  countMessagesBy: 'names a channel',
  countUnread: 'names a channel',

  createConversationSegment: 'names a channel',
  createSegmentWithMessages: 'names a channel',
  addMessageToSegment: 'within',
  addMessagesToSegment: 'within',
  getConversationSegment: 'within',
  getConversationSegments: 'names a channel',
  getOverlappingSegments: 'names a channel',
  getSegmentMessages: 'within',
  getSegmentMessageIds: 'within',
  updateConversationSegment: 'within',
  deleteConversationSegment: 'within',

  getSegmentingStep: 'names a channel',
  applySegmentingStep: 'names a channel',

  storeEmbeddings: 'within',
  getEmbeddings: 'within',
  searchByVector: 'may name channels',
  deleteEmbeddings: 'within',
  // Their order is that of all channels' messages.
  leaseEmbeddings: 'refused',
  releaseEmbeddings: 'refused',
  embeddingProgress: 'refused',

  // Users write in many channels: their counts, their last activity and their profiles tell of all of them.
  upsertUser: 'refused',
  recordActivity: 'refused',
  getUser: 'refused',
  getUsers: 'refused',
  listUsersByActivity: 'refused',
  searchByDisplayName: 'refused',
  getProfile: 'refused',
  updateProfile: 'refused',
  forgetUser: 'refused',
  deleteUser: 'refused',

  listChanges: 'names a channel',
  countRows: 'refused',
  checkpoint: 'refused',
  releaseSpace: 'refused',
  optimize: 'refused',
  exportRows: 'refused',
  importForgottenUsers: 'refused',
  importReactions: 'refused',
  importMessageVersions: 'refused',
  importModels: 'refused',
  importUserActivity: 'refused',
}

/** @throws FORBIDDEN, the same whether or not a channel exists */
export function assertIsOneOf({ held }: Caller, channelId: unknown): void {
  if (held !== null && !names(held.channels, { channelId })) throw outsideItsChannels()
}

/**
 * Whether an operation may be asked for, by its parameters as they came. What is no operation is told so where all are looked up.
 *
 * @throws FORBIDDEN, the same whether or not a channel exists
 */
export function assertWithinChannels({ held }: Caller, name: string, params: unknown): void {
  if (held === null || !isOperationName(name)) return
  const rule: ChannelRule = Object.hasOwn(channelRules, name) ? channelRules[name] : 'refused'
  if (!allows[rule](held.channels, Object(params))) throw outsideItsChannels()
}

type Given = Readonly<Record<string, unknown>>

const allows: { readonly [Rule in ChannelRule]: (channels: ReadonlySet<string>, params: Given) => boolean } =
  {
    'names a channel': names,
    'names channels': (channels, { messages }) =>
      Array.isArray(messages) && messages.every((message) => names(channels, Object(message))),
    'may name channels': (channels, { channelId, channelIds }) =>
      (channelId === undefined || names(channels, { channelId })) &&
      (channelIds === undefined ||
        (Array.isArray(channelIds) && channelIds.every((id) => names(channels, { channelId: id })))),
    within: () => true,
    refused: () => false,
  }

function names(channels: ReadonlySet<string>, { channelId }: Given): boolean {
  return typeof channelId === 'string' && channels.has(channelId)
}
