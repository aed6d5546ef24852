import { extraResults } from './message-fields.js'
import type { ReactionCount } from './history-models.js'
import type * as models from './models.js'
import type * as recallModels from './recall-models.js'
import type * as pending from './pending-models.js'
import type * as segmenting from './segmenting-models.js'
import {
  anyOf,
  wholeNumber,
  json,
  listOf,
  maybe,
  model,
  number,
  orNull,
  text,
  time,
  truth,
  vector,
  words,
} from './results.js'

/** The schemas of `models.ts`. */
export const channel = model<models.Channel>('Channel', {
  channelId: text,
  name: orNull(text),
  metadata: orNull(json),
  createdAt: time,
  lastActive: orNull(time),
  messageCount: wholeNumber,
})

const messageFields = {
  messageId: text,
  channelId: text,
  userId: text,
  content: text,
  timestamp: time,
  ...extraResults,
}

export const message = model<models.Message>('Message', messageFields)

const listedFields = {
  ...messageFields,
  user: maybe(model<models.MessageUser>('MessageUser', { displayName: orNull(text) })),
  reactions: maybe(listOf(model<ReactionCount>('ReactionCount', { reaction: text, count: wholeNumber }))),
}

export const listedMessage = model<models.ListedMessage>('ListedMessage', listedFields)

export const segmentMessage = model<models.SegmentMessage>('SegmentMessage', {
  ...listedFields,
  position: wholeNumber,
  contributionScore: orNull(number),
})

const mark = model<models.Mark>('Mark', { start: wholeNumber, end: wholeNumber })
const snippet = model<models.Snippet>('Snippet', { text, marks: listOf(mark) })
export const messageHit = model<models.MessageHit>('MessageHit', {
  ...listedFields,
  score: number,
  marks: orNull(listOf(mark)),
  snippet: orNull(snippet),
})

export const messageContext = model<models.MessageContext>('MessageContext', {
  before: listOf(listedMessage),
  message: listedMessage,
  after: listOf(listedMessage),
})

const segmentFields = {
  segmentId: text,
  channelId: text,
  startTime: time,
  endTime: time,
  messageCount: wholeNumber,
  summary: orNull(text),
  coherenceScore: orNull(number),
  activityLevel: orNull(number),
  vector: orNull(vector),
  metadata: orNull(json),
}

export const conversationSegment = model<models.ConversationSegment>('ConversationSegment', segmentFields)

export const vectorMatch = anyOf(
  'VectorMatch',
  model<models.MatchedMessage>('MatchedMessage', {
    ...messageFields,
    kind: words('message'),
    score: number,
  }),
  model<models.MatchedSegment>('MatchedSegment', {
    ...segmentFields,
    kind: words('segment'),
    score: number,
  }),
)

export const segmentMessageIds = model<models.SegmentMessageIds>('SegmentMessageIds', {
  segmentId: text,
  messageIds: listOf(text),
})

const segmentingMessage = model<segmenting.SegmentingMessage>('SegmentingMessage', {
  messageId: text,
  userId: text,
  timestamp: time,
  replyToMessageId: orNull(text),
  segmentId: orNull(text),
  answeredSegmentId: orNull(text),
  newSegmentId: text,
})

export const segmentingStep = model<segmenting.SegmentingStep>('SegmentingStep', {
  recent: listOf(segmentingMessage),
  messages: listOf(segmentingMessage),
  hasMore: truth,
  nextCursor: orNull(text),
})

export const segmentingCounts = model<segmenting.SegmentingCounts>('SegmentingCounts', {
  segments: wholeNumber,
  messages: wholeNumber,
})

export const leasedEmbeddings = model<pending.LeasedEmbeddings>('LeasedEmbeddings', {
  leaseId: orNull(text),
  items: listOf(
    model<pending.PendingEmbedding>('PendingEmbedding', {
      ownerId: text,
      channelId: text,
      timestamp: time,
      text,
    }),
  ),
  hasMore: truth,
  retryInMs: orNull(wholeNumber),
})

export const embeddingProgress = model<pending.EmbeddingProgress>('EmbeddingProgress', {
  total: wholeNumber,
  embedded: wholeNumber,
  pending: wholeNumber,
  leased: wholeNumber,
  skipped: wholeNumber,
})

export const embedding = model<models.Embedding>('Embedding', {
  ownerType: words('message', 'segment'),
  ownerId: text,
  model: text,
  dimension: wholeNumber,
  vector,
  createdAt: time,
})

export const user = model<models.User>('User', {
  userId: text,
  displayName: orNull(text),
  metadata: orNull(json),
  firstSeen: time,
  lastActive: orNull(time),
  messageCount: wholeNumber,
})

export const userProfile = model<models.UserProfile>('UserProfile', {
  userId: text,
  profile: json,
  updatedAt: time,
})

export const forgetReceipt = model<models.ForgetReceipt>('ForgetReceipt', {
  userId: text,
  wasKnown: truth,
  forgottenAt: time,
  messages: wholeNumber,
  reactions: wholeNumber,
  embeddings: wholeNumber,
  segmentMemberships: wholeNumber,
  profiles: wholeNumber,
  searchEntries: wholeNumber,
})

export const expiredSlice = model<models.ExpiredSlice>('ExpiredSlice', {
  deletedMessages: wholeNumber,
  nextCursor: orNull(text),
})

export const releasedSpace = model<models.ReleasedSpace>('ReleasedSpace', {
  releasedBytes: wholeNumber,
  hasMore: truth,
})

export const storedMessage = model<models.StoredMessage>('StoredMessage', {
  messageId: text,
  outcome: words('inserted', 'updated', 'ignored'),
})

export const storeCounts = model<models.StoreCounts>('StoreCounts', {
  inserted: wholeNumber,
  updated: wholeNumber,
  ignored: wholeNumber,
})

export const messageCount = model<models.MessageCount>('MessageCount', {
  startTime: time,
  messages: wholeNumber,
})

export const rowCounts = model<models.RowCounts>('RowCounts', {
  channels: wholeNumber,
  messages: wholeNumber,
  embeddings: wholeNumber,
  users: wholeNumber,
  userProfiles: wholeNumber,
  conversationSegments: wholeNumber,
  segmentMessages: wholeNumber,
})

export const checkpointResult = model<models.CheckpointResult>('CheckpointResult', {
  busy: truth,
  walFrames: number,
  checkpointedFrames: number,
})

const change = anyOf(
  'ChangeEvent',
  model<models.MessageChange>('MessageChange', {
    kind: words('messageStored', 'messageUpdated'),
    cursor: text,
    channelId: text,
    messageId: text,
    message,
  }),
  model<models.MessageDeletion>('MessageDeletion', {
    kind: words('messageDeleted'),
    cursor: text,
    channelId: text,
    messageId: text,
  }),
  model<models.ChannelChange>('ChannelChange', {
    kind: words('channelUpdated', 'channelDeleted'),
    cursor: text,
    channelId: text,
  }),
  model<models.SegmentChange>('SegmentChange', {
    kind: words('segmentStored', 'segmentUpdated', 'segmentDeleted'),
    cursor: text,
    channelId: text,
    segmentId: text,
  }),
  model<models.UserChange>('UserChange', {
    kind: words('userUpdated', 'userDeleted', 'profileUpdated'),
    cursor: text,
    userId: text,
  }),
  model<models.UserForgotten>('UserForgotten', {
    kind: words('userForgotten'),
    cursor: text,
    userHash: text,
  }),
)

export const changePage = model<models.ChangePage>('ChangePage', {
  items: listOf(change),
  nextCursor: text,
  hasMore: truth,
})

export const exportedLines = model<models.ExportedLines>('ExportedLines', {
  lines: text,
  upTo: text,
  nextCursor: orNull(text),
})

const recallRank = model<recallModels.RecallRank>('RecallRank', { rank: wholeNumber, score: number })
const recallExplanation = model<recallModels.RecallExplanation>('RecallExplanation', {
  words: orNull(recallRank),
  meaning: orNull(recallRank),
  segment: orNull(recallRank),
})
export const recalledPassage = model<recallModels.RecalledPassage>('RecalledPassage', {
  channelId: text,
  segmentId: orNull(text),
  score: number,
  hitIds: listOf(text),
  messages: listOf(message),
  explanation: orNull(recallExplanation),
})
