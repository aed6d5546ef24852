/** What ConvoDB keeps, in the form callers see it. Absent values are `null`, so that JSON carries them as they are. */

import type { ReactionCount } from './history-models.js'

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject
export type JsonObject = { readonly [key: string]: JsonValue }

export interface Channel<Metadata extends object = JsonObject> {
  channelId: string
  name: string | null
  metadata: Metadata | null
  createdAt: Date
  /** Timestamp of the latest message ever stored here; it only moves forward. */
  lastActive: Date | null
  /** Rows, not calls: storing a message again does not count twice. */
  messageCount: number
}

export interface Message<Metadata extends object = JsonObject> {
  messageId: string
  channelId: string
  /** Who wrote it. */
  userId: string
  content: string
  /** When it was written, in milliseconds. */
  timestamp: Date
  /** `'message'` unless it was stored with another one. */
  messageType: string
  /** The message that it answers; it need not be there. */
  replyToMessageId: string | null
  editedAt: Date | null
  metadata: Metadata | null
}

/** A message with what was asked for beside it. */
export interface ListedMessage<Metadata extends object = JsonObject> extends Message<Metadata> {
  /** Who wrote it: with `with: ['user']` alone. */
  user?: MessageUser | undefined
  /** The first 100 reactions that stand, in the order in which they came: with `with: ['reactions']` alone. */
  reactions?: ReactionCount[] | undefined
}

export interface MessageUser {
  displayName: string | null
}

export interface SegmentMessage<Metadata extends object = JsonObject> extends ListedMessage<Metadata> {
  position: number
  contributionScore: number | null
}

/** A message with its neighbours in the channel, each list oldest first. */
export interface MessageContext<Metadata extends object = JsonObject> {
  before: ListedMessage<Metadata>[]
  message: ListedMessage<Metadata>
  after: ListedMessage<Metadata>[]
}

/** A conversation inside a channel. Segments of one channel may interleave and overlap in time. */
export interface ConversationSegment<Metadata extends object = JsonObject> {
  segmentId: string
  channelId: string
  startTime: Date
  endTime: Date
  /** How many members it has; it follows them. */
  messageCount: number
  summary: string | null
  coherenceScore: number | null
  activityLevel: number | null
  vector: Float32Array | null
  metadata: Metadata | null
}

export interface SegmentMessageIds {
  segmentId: string
  /** By position. */
  messageIds: string[]
}

/** Where a text has what was asked for: from `start` up to, not with, `end`, in UTF-16 units, as JavaScript counts. */
export interface Mark {
  start: number
  end: number
}

/** A part of a text, with `…` where the text goes on. */
export interface Snippet {
  text: string
  /** In `text`. */
  marks: Mark[]
}

/** A message that a search has found. */
export interface MessageHit<Metadata extends object = JsonObject> extends ListedMessage<Metadata> {
  /** How well it fits; 0 in the order of time. */
  score: number
  /** In `content`, 1,000 at most; null unless `highlight` was asked for. */
  marks: Mark[] | null
  snippet: Snippet | null
}

export type EmbeddingOwner = 'message' | 'segment'

export interface Embedding {
  ownerType: EmbeddingOwner
  ownerId: string
  model: string
  dimension: number
  vector: Float32Array
  createdAt: Date
}

/** A message whose embedding is like the vector that was searched for. */
export interface MatchedMessage<Metadata extends object = JsonObject> extends Message<Metadata> {
  kind: 'message'
  /** The cosine, -1 to 1; 0 where a vector is of zeros. */
  score: number
}

/** A segment whose embedding is like the vector that was searched for. */
export interface MatchedSegment<Metadata extends object = JsonObject> extends ConversationSegment<Metadata> {
  kind: 'segment'
  /** The cosine, -1 to 1; 0 where a vector is of zeros. */
  score: number
}

export type VectorMatch<Metadata extends object = JsonObject> =
  MatchedMessage<Metadata> | MatchedSegment<Metadata>

export interface User<Metadata extends object = JsonObject> {
  userId: string
  displayName: string | null
  metadata: Metadata | null
  firstSeen: Date
  /** The latest message or recorded activity; it only moves forward. */
  lastActive: Date | null
  messageCount: number
}

export interface UserProfile<Profile extends object = JsonObject> {
  userId: string
  profile: Profile
  updatedAt: Date
}

/** What `forgetUser` took away. */
export interface ForgetReceipt {
  userId: string
  /** Whether there was anything of them. */
  wasKnown: boolean
  forgottenAt: Date
  messages: number
  /** To whatever messages, those that were taken back among them. */
  reactions: number
  /** Of their messages. */
  embeddings: number
  /** Of their messages, in conversation segments. */
  segmentMemberships: number
  profiles: number
  /** By which their name could be found. */
  searchEntries: number
}

/** How far a retention has come, and in the end what it did. */
export interface RetentionReport {
  deletedMessages: number
  /** Given back to the file system. */
  releasedBytes: number
}

/** One slice of a retention. */
export interface ExpiredSlice {
  deletedMessages: number
  /** Where the next slice goes on; null when nothing expired is left. */
  nextCursor: string | null
}

export interface ReleasedSpace {
  releasedBytes: number
  /** Whether there is more to give back. */
  hasMore: boolean
}

/** One page of an ordered listing. `nextCursor` is `null` on the last page. */
export interface Page<Item> {
  items: Item[]
  nextCursor: string | null
}

/** Some lines of an export. `nextCursor` is `null` with the last ones. */
export interface ExportedLines {
  /** NDJSON: one JSON object a line, each line ended. */
  lines: string
  /**
   * Where the export ends, as its first answer found it. Given with every further call, it leaves out messages and
   * segments that came since, so that what is exported names nothing that is not.
   */
  upTo: string
  nextCursor: string | null
}

/** Where an event stands among all changes: give it as `after` to go on behind it. */
interface AnyChange {
  /** Text that means nothing else; it outlives restarts. */
  readonly cursor: string
}

/** A message was stored under a new id, or changed. It is as it is when the change is read. */
export interface MessageChange<Metadata extends object = JsonObject> extends AnyChange {
  readonly kind: 'messageStored' | 'messageUpdated'
  readonly channelId: string
  readonly messageId: string
  readonly message: Readonly<Message<Metadata>>
}

/** A message was deleted, or went to another channel, where it is told of as updated. */
export interface MessageDeletion extends AnyChange {
  readonly kind: 'messageDeleted'
  readonly channelId: string
  readonly messageId: string
}

/** A channel's record was made or changed; or it was deleted, with all messages and segments in it, of which none is told then. */
export interface ChannelChange extends AnyChange {
  readonly kind: 'channelUpdated' | 'channelDeleted'
  readonly channelId: string
}

/** A segment was made; it or its members changed; or it was deleted. */
export interface SegmentChange extends AnyChange {
  readonly kind: 'segmentStored' | 'segmentUpdated' | 'segmentDeleted'
  readonly channelId: string
  readonly segmentId: string
}

/** A user's record or profile was made or changed, or their record was deleted. */
export interface UserChange extends AnyChange {
  readonly kind: 'userUpdated' | 'userDeleted' | 'profileUpdated'
  readonly userId: string
}

/** A user was forgotten, with all their messages, of which none is told then: whoever has copies must forget them, too. */
export interface UserForgotten extends AnyChange {
  readonly kind: 'userForgotten'
  /** SHA-256 of the user's id in lower-case hexadecimal: enough to know who it was, not to learn it. */
  readonly userHash: string
}

/** What a commit changed, one thing at a time. */
export type ChangeEvent<Metadata extends object = JsonObject> =
  MessageChange<Metadata> | MessageDeletion | ChannelChange | SegmentChange | UserChange | UserForgotten

/** Some changes in the order of their commits, and where to go on. */
export interface ChangePage<Metadata extends object = JsonObject> {
  items: ChangeEvent<Metadata>[]
  /** Never null: also behind the newest change there will be others. */
  nextCursor: string
  /** Whether there are more by now. A page may be empty and have more behind it, where a channel's changes are few among many. */
  hasMore: boolean
}

export type StoreOutcome = 'inserted' | 'updated' | 'ignored'

export interface StoredMessage {
  messageId: string
  outcome: StoreOutcome
}

export interface StoreCounts {
  inserted: number
  updated: number
  ignored: number
}

/** How many messages there are in an hour or a day, which has some. */
export interface MessageCount {
  /** Of the hour or the day, in UTC. */
  startTime: Date
  messages: number
}

export interface RowCounts {
  channels: number
  messages: number
  embeddings: number
  users: number
  userProfiles: number
  conversationSegments: number
  segmentMessages: number
}

export interface CheckpointResult {
  /** True when readers or another process kept the checkpoint from finishing; try again later. */
  busy: boolean
  walFrames: number
  checkpointedFrames: number
}
