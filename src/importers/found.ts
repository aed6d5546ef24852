import { ConvoDbError, type NewMessage, type Params } from '../main/index.js'
import { checkParams } from '../main/reading/read-params.js'
import type { NewEmbedding } from '../protocol/embedding-parameters.js'
import type { UserActivity } from '../protocol/transfer-parameters.js'
import type { LineRecord, ThreadSpan } from './records.js'

/** Where something stands in a file. */
export interface Place {
  readonly file: string
  /** A line's number; what has no lines says which item it is: `messages[16]`. */
  readonly at: number | string
}

/** What stands somewhere and can be stored. */
export interface FoundRecord {
  readonly place: Place
  /** About how large it is, for what is under way at once. */
  readonly bytes: number
  readonly record: LineRecord
}

/** What stands there and can not be. */
interface FoundFault {
  readonly place: Place
  readonly reason: string
}

/** What a format reads, piece by piece. */
export type Found = FoundRecord | FoundFault

/** What formats of other people have, as it comes from there: it is checked here. */
interface Drafts {
  readonly channel: Params<'upsertChannel'>
  readonly user: Params<'upsertUser'>
  readonly message: NewMessage
  readonly thread: ThreadSpan
  readonly members: Params<'addMessagesToSegment'>
  readonly profile: Params<'updateProfile'>
  /** Its members come by themselves. */
  readonly segment: Params<'createConversationSegment'>
  readonly embedding: NewEmbedding
  readonly activity: UserActivity
}

/** What a format has found, before it is checked. */
export type Draft = { [K in keyof Drafts]: { readonly kind: K; readonly model: Drafts[K] } }[keyof Drafts]

/**
 * What was found at a place, checked as a call's parameters are.
 *
 * @param bytes about how large it is; default 200.
 */
export function found(place: Place, draft: Draft, bytes = 200): Found {
  try {
    return { place, bytes, record: check(draft) }
  } catch (error) {
    if (error instanceof ConvoDbError && error.code === 'INVALID_ARGUMENT') {
      return { place, reason: error.message }
    }
    throw error
  }
}

function check(draft: Draft): LineRecord {
  switch (draft.kind) {
    case 'channel':
      return { kind: 'channel', model: checkParams('upsertChannel', draft.model) }
    case 'user':
      return { kind: 'user', model: checkParams('upsertUser', draft.model) }
    case 'message':
      return { kind: 'message', model: checkParams('storeMessage', draft.model) }
    case 'members':
      return { kind: 'members', model: checkParams('addMessagesToSegment', draft.model) }
    case 'profile':
      return { kind: 'profile', model: checkParams('updateProfile', draft.model) }
    case 'thread': {
      checkParams('createConversationSegment', draft.model)
      return draft
    }
    case 'segment': {
      const segment = checkParams('createConversationSegment', { ...draft.model, onConflict: 'update' })
      return { kind: 'segment', model: { segment, furtherMembers: [] } }
    }
    case 'embedding':
      checkParams('storeEmbeddings', { embeddings: [draft.model] })
      return draft
    case 'activity':
      checkParams('importUserActivity', { users: [draft.model] })
      return draft
  }
}
