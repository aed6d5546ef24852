import type { WithMessages } from './listing-parameters.js'
import type { JsonObject } from './models.js'
import type { TimeInput, VectorInput } from './wire.js'

/** What calls take. What is left out is as if it were `undefined`; `null` clears, where it is allowed. */

/** What happens when the id is there already. */
export type OnConflict = 'update' | 'ignore' | 'error'
/** Of a listing: `'asc'` oldest first, `'desc'` newest first. */
export type Order = 'asc' | 'desc'

export interface Paging {
  /** How many at most, 1 to 10,000. Default 100. */
  readonly limit?: number | undefined
  /** Default `'desc'`. */
  readonly order?: Order | undefined
  /** Where to go on: the `nextCursor` of the page before, whose other parameters must be the same. */
  readonly cursor?: string | undefined
}

/** Times, both exclusive. */
export interface Period {
  readonly before?: TimeInput | undefined
  readonly after?: TimeInput | undefined
}

export interface ChannelRef {
  readonly channelId: string
}

export interface UpsertChannelParams<Metadata extends object = JsonObject> {
  /** 1 to 1,024 characters, like every id. */
  readonly channelId: string
  /** Up to 1,024 characters; `null` clears. */
  readonly name?: string | null | undefined
  /** Replaces what was there; `null` clears. */
  readonly metadata?: Metadata | null | undefined
  /** Default: now, for a new channel. */
  readonly createdAt?: TimeInput | undefined
  /** Default: as messages say; an earlier time changes nothing. */
  readonly lastActive?: TimeInput | null | undefined
}

export interface NewMessage<Metadata extends object = JsonObject> {
  readonly messageId: string
  /** The channel comes into being with its first message. */
  readonly channelId: string
  /** Who wrote it; the user comes into being with the first message. */
  readonly userId: string
  /** Any text, also none; stored as it is. */
  readonly content: string
  readonly timestamp: TimeInput
  /** Whatever kinds you have. Default `'message'`. */
  readonly messageType?: string | undefined
  /** The message need not be there. */
  readonly replyToMessageId?: string | null | undefined
  readonly editedAt?: TimeInput | null | undefined
  readonly metadata?: Metadata | null | undefined
}

export interface StoreMessageParams<Metadata extends object = JsonObject> extends NewMessage<Metadata> {
  /** `'update'` replaces the fields of a message that is there, `'ignore'` leaves it, `'error'` says ALREADY_EXISTS. Default `'update'`. */
  readonly onConflict?: OnConflict | undefined
}

export interface AddMessagesParams<Metadata extends object = JsonObject> {
  /** Up to 100,000. */
  readonly messages: readonly NewMessage<Metadata>[]
  /** Of each of them, as of `storeMessage`. Default `'update'`. */
  readonly onConflict?: OnConflict | undefined
}

export interface MessageRef {
  readonly messageId: string
}

export interface MessageIds {
  /** Up to 100,000. */
  readonly messageIds: readonly string[]
}

export interface GetMessageContextParams extends WithMessages {
  readonly messageId: string
  /** How many messages before it, 0 to 1,000. Default 5. */
  readonly before?: number | undefined
  /** How many messages after it, 0 to 1,000. Default 5. */
  readonly after?: number | undefined
}

export interface UpdateMessageParams<Metadata extends object = JsonObject> {
  readonly messageId: string
  /** New content sets `editedAt` to now, unless that is given. */
  readonly content?: string | undefined
  readonly timestamp?: TimeInput | undefined
  readonly messageType?: string | undefined
  readonly replyToMessageId?: string | null | undefined
  readonly editedAt?: TimeInput | null | undefined
  /** Replaces what was there; `null` clears. */
  readonly metadata?: Metadata | null | undefined
}

export interface ExpiredMessages {
  /** Messages with earlier timestamps. */
  readonly olderThan: TimeInput
  /** Of one channel only. Default: of all. */
  readonly channelId?: string | undefined
  /** Spares messages whose metadata says `"pinned": true`. Default false. */
  readonly keepPinned?: boolean | undefined
}

export interface DeleteExpiredMessagesParams extends ExpiredMessages {
  /** The `nextCursor` of the slice before. */
  readonly cursor?: string | undefined
}

export interface CountMessagesParams extends Period {
  /** Default: all channels. */
  readonly channelId?: string | undefined
}

export interface SegmentRef {
  readonly segmentId: string
}

/** What a segment has beside its id, its channel and its times. */
export interface SegmentContent<Metadata extends object = JsonObject> {
  readonly summary?: string | null | undefined
  /** Any finite number. */
  readonly coherenceScore?: number | null | undefined
  /** Any finite number. */
  readonly activityLevel?: number | null | undefined
  /** Of any dimension; each segment its own. */
  readonly vector?: VectorInput | null | undefined
  /** Replaces what was there; `null` clears. */
  readonly metadata?: Metadata | null | undefined
}

export interface NewSegment<Metadata extends object = JsonObject> extends SegmentContent<Metadata> {
  readonly segmentId: string
  /** The channel comes into being with it. */
  readonly channelId: string
  /** Not after `endTime`. */
  readonly startTime: TimeInput
  readonly endTime: TimeInput
  /** `'update'` replaces a segment that is there, and its members where some are given. Default `'error'`. */
  readonly onConflict?: OnConflict | undefined
}

export interface NewMember {
  /** A message of the segment's channel. */
  readonly messageId: string
  /** Default: behind the last one. */
  readonly position?: number | undefined
  /** Any finite number. */
  readonly contributionScore?: number | null | undefined
}

export interface AddMessagesToSegmentParams {
  readonly segmentId: string
  /** Up to 100,000 ids, or members with more to say. */
  readonly messages: readonly (string | NewMember)[]
}

export interface CreateSegmentWithMessagesParams<
  Metadata extends object = JsonObject,
> extends NewSegment<Metadata> {
  readonly messages: AddMessagesToSegmentParams['messages']
}

export interface AddMessageToSegmentParams extends NewMember {
  readonly segmentId: string
}

export interface GetConversationSegmentsParams extends Paging, Period {
  readonly channelId: string
}

export interface GetOverlappingSegmentsParams extends Paging {
  readonly channelId: string
  /** Segments that have any moment in common with these times, both inclusive. */
  readonly startTime: TimeInput
  readonly endTime: TimeInput
}

export interface SegmentIds {
  /** Up to 100,000. */
  readonly segmentIds: readonly string[]
}

export interface UpdateConversationSegmentParams<
  Metadata extends object = JsonObject,
> extends SegmentContent<Metadata> {
  readonly segmentId: string
  readonly startTime?: TimeInput | undefined
  readonly endTime?: TimeInput | undefined
}

export interface UserRef {
  readonly userId: string
}

export interface UserIds {
  /** Up to 100,000. */
  readonly userIds: readonly string[]
}

export interface UpsertUserParams<Metadata extends object = JsonObject> {
  readonly userId: string
  /** Up to 1,024 characters; `null` clears. */
  readonly displayName?: string | null | undefined
  /** Replaces what was there; `null` clears. */
  readonly metadata?: Metadata | null | undefined
  /** Default: now, for a new user. */
  readonly firstSeen?: TimeInput | undefined
}

export interface RecordActivityParams {
  readonly userId: string
  /** Default: now. */
  readonly timestamp?: TimeInput | undefined
}

export interface SearchByDisplayNameParams {
  /** A part of the name, in whatever case and form of its letters. */
  readonly query: string
  /** How many at most, 1 to 10,000. Default 100. */
  readonly limit?: number | undefined
  /** The `nextCursor` of the page before. */
  readonly cursor?: string | undefined
}

export interface UpdateProfileParams<Profile extends object = JsonObject> {
  readonly userId: string
  /** A patch (RFC 7396): objects merge, `null` removes a key, all else replaces. */
  readonly profile: Patch<Profile>
  /** Default: now. */
  readonly updatedAt?: TimeInput | undefined
}

export interface ForgetUserParams {
  readonly userId: string
  /** True leaves no tombstone and removes an earlier one. Default false. */
  readonly mayReturn?: boolean | undefined
}

export interface CheckpointParams {
  /** `'passive'` waits for nobody, `'truncate'` empties the log. Default `'passive'`. */
  readonly mode?: 'passive' | 'full' | 'restart' | 'truncate' | undefined
}

export interface ListChangesParams {
  /** An event's `cursor` or a page's `nextCursor`. Default: none, which gives no changes and the present end's cursor. */
  readonly after?: string | undefined
  /** Only what is of this channel; no changes of users then. Default: all. */
  readonly channelId?: string | undefined
  /** How many at most, 1 to 10,000. Default 100. */
  readonly limit?: number | undefined
}

/** Takes nothing. */
export type NoParams = { readonly [Name in never]: never }

/** A patch of a profile: any part of it, and `null` for what is to go. */
export type Patch<Profile extends object> = string extends keyof Profile
  ? Profile
  : { readonly [Key in keyof Profile]?: PatchOf<Profile[Key]> | null }
type PatchOf<Value> = Value extends readonly unknown[] ? Value : Value extends object ? Patch<Value> : Value
