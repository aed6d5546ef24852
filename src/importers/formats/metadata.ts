import { maxJsonDepth } from '../../protocol/limits.js'
import type { JsonObject, JsonValue } from '../../protocol/models.js'

/**
 * What importers write into `metadata`: the same names for the same things, whatever the format (docs/importing.md). What there is
 * not is left out.
 */

/** Of a message. */
type MessageMetadata = {
  /** The format's name. */
  readonly source: string
  /** The kind of message in the format's own words, where ours says less. */
  readonly sourceType?: string | undefined
  /** Who wrote it, as it was shown then. */
  readonly author?: AuthorMetadata | undefined
  /** The content as people read it, where the content itself holds ids and marks. */
  readonly readableText?: string | undefined
  readonly attachments?: readonly AttachmentMetadata[]
  /** As the format has them. */
  readonly embeds?: readonly JsonValue[]
  readonly reactions?: readonly ReactionMetadata[]
  readonly mentions?: readonly MentionMetadata[]
  readonly isPinned?: true | undefined
  /** It was edited, where nobody knows when; else `editedAt` says it. */
  readonly isEdited?: true | undefined
  /** The segment of the thread that it is in. */
  readonly threadId?: string | undefined
  /** Where it was forwarded from, in the format's own words. */
  readonly forwarded?: JsonValue | undefined
  /** What the format says beside, by its own names. */
  readonly extra?: JsonObject | undefined
}

/** Of a message's author, and of a user. */
export type AuthorMetadata = {
  readonly name?: string | undefined
  readonly displayName?: string | undefined
  readonly avatarUrl?: string | undefined
  readonly isBot?: true | undefined
  readonly color?: string | undefined
  readonly roles?: readonly string[]
}

export type AttachmentMetadata = {
  readonly id?: string | undefined
  readonly name?: string | undefined
  /** Or a path inside the archive. */
  readonly url?: string | undefined
  readonly sizeBytes?: number | undefined
  readonly mimeType?: string | undefined
}

export type ReactionMetadata = {
  readonly emoji: string
  readonly count: number
  readonly userIds?: readonly string[]
}

export type MentionMetadata = {
  readonly userId: string
  readonly name?: string | undefined
}

/** Of a channel. */
type ChannelMetadata = {
  readonly source: string
  /** The kind of channel in the format's own words. */
  readonly sourceType?: string | undefined
  readonly topic?: string | undefined
  readonly purpose?: string | undefined
  /** The server, workspace or organisation that it belongs to. */
  readonly workspace?: {
    readonly id?: string | undefined
    readonly name?: string | undefined
    readonly iconUrl?: string | undefined
  }
  readonly category?: { readonly id?: string | undefined; readonly name?: string | undefined }
  readonly isArchived?: true | undefined
  readonly memberIds?: readonly string[]
  readonly extra?: JsonObject | undefined
}

/** Of a segment that was a thread, a topic or a branch. */
type ThreadMetadata = {
  readonly source: string
  readonly name?: string | undefined
  /** The message that it began with, or branched from. */
  readonly rootMessageId?: string | undefined
}

type UserMetadata = AuthorMetadata & { readonly source: string }

type Metadata = MessageMetadata | ChannelMetadata | ThreadMetadata | UserMetadata

type Given = string | number | boolean | null | undefined | readonly Given[] | Fields
type Fields = { readonly [name: string]: Given }

/** As it is stored: without fields that say nothing. */
export const toMetadata = (metadata: Metadata): JsonObject => withoutNothing(metadata, 1)

/** What is deeper than metadata may be is refused when it is stored; it need not be followed to its end. */
const deepest = maxJsonDepth + 1
const tooDeep = 'deeper than metadata may be'

function withoutNothing(fields: Fields, depth: number): JsonObject {
  const kept: Record<string, JsonValue> = {}
  for (const [name, value] of Object.entries(fields)) {
    const some = something(value, depth + 1)
    if (some !== undefined) kept[name] = some
  }
  return kept
}

function something(value: Given, depth: number): JsonValue | undefined {
  if (value === null || value === undefined) return undefined
  if (depth > deepest) return tooDeep
  if (isList(value)) {
    return value.length === 0 ? undefined : value.map((item) => something(item, depth + 1) ?? null)
  }
  if (typeof value !== 'object') return value
  const fields = withoutNothing(value, depth)
  return Object.keys(fields).length === 0 ? undefined : fields
}

const isList = (value: Given): value is readonly Given[] => Array.isArray(value)
