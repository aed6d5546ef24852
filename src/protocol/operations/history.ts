import { cursor, id, limit, list, nullable, object, optional, text, time, truth } from '../fields.js'
import type * as history from '../history-models.js'
import type {
  AddReactionParams,
  GetMessageHistoryParams,
  GetReactionsParams,
  ImportedReaction,
  ImportedVersion,
  ReactionRef,
} from '../history-parameters.js'
import { read, write } from '../operation.js'
import type { MessageRef } from '../parameters.js'
import { model, orNull, pageOf, text as textResult, time as timeResult, wholeNumber } from '../results.js'

const reaction = model<history.Reaction>('Reaction', {
  messageId: textResult,
  userId: textResult,
  reaction: textResult,
  reactedAt: timeResult,
  removedAt: orNull(timeResult),
})

const messageVersion = model<history.MessageVersion>('MessageVersion', {
  messageId: textResult,
  content: textResult,
  editedAt: orNull(timeResult),
  replacedAt: timeResult,
})

const pages = { limit: optional(limit), cursor: optional(cursor) }
const reactionFields = { messageId: id, userId: id, reaction: id }

/** Schemas of one line of an import. */
export const importedReaction = object<ImportedReaction>({
  ownerId: id,
  userId: id,
  reaction: id,
  reactedAt: time,
  removedAt: nullable(time),
})
export const importedVersion = object<ImportedVersion>({
  ownerId: id,
  content: text,
  editedAt: nullable(time),
  replacedAt: time,
})

export const historyOperations = {
  addReaction: write({
    params: object<AddReactionParams>({ ...reactionFields, reactedAt: optional(time) }),
    result: wholeNumber,
  }),
  deleteReaction: write({ params: object<ReactionRef>(reactionFields), result: wholeNumber }),
  getReactions: read({
    params: object<GetReactionsParams>({ messageId: id, withRemoved: optional(truth), ...pages }),
    result: pageOf(reaction),
  }),
  getMessageHistory: read({
    params: object<GetMessageHistoryParams>({ messageId: id, ...pages }),
    result: pageOf(messageVersion),
  }),
  deleteMessageHistory: write({ params: object<MessageRef>({ messageId: id }), result: wholeNumber }),
  importReactions: write({
    access: 'admin',
    params: object<{ readonly reactions: readonly ImportedReaction[] }>({
      reactions: list(importedReaction),
    }),
    result: wholeNumber,
  }),
  importMessageVersions: write({
    access: 'admin',
    params: object<{ readonly versions: readonly ImportedVersion[] }>({ versions: list(importedVersion) }),
    result: wholeNumber,
  }),
}
