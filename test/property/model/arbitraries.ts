import fc from 'fast-check'
import { write, type Write } from './operations.js'
import { poison } from './poison.js'
import {
  channelId,
  content,
  displayName,
  embedding,
  ids,
  maybeMetadata,
  member,
  messageFields,
  messageId,
  model,
  newMessage,
  onConflict,
  ownerType,
  patch,
  score,
  segmentFields,
  segmentId,
  time,
  userId,
  vector,
} from './fields.js'

/** Some of these may be left out. */
const some = <Fields extends object>(fields: { [Key in keyof Fields]: fc.Arbitrary<Fields[Key]> }) =>
  fc.record(fields, { requiredKeys: [] })

const withId = <Id extends object, Fields extends object>(
  id: fc.Arbitrary<Id>,
  fields: fc.Arbitrary<Fields>,
) => fc.tuple(id, fields).map(([given, rest]) => ({ ...given, ...rest }))

const messageWrites = [
  { weight: 8, arbitrary: newMessage.map((params) => write('storeMessage', params)) },
  {
    weight: 4,
    arbitrary: withId(newMessage, fc.record({ onConflict })).map((params) => write('storeMessage', params)),
  },
  {
    weight: 5,
    arbitrary: withId(
      fc.record({ messages: fc.array(newMessage, { maxLength: 5 }) }),
      some({ onConflict }),
    ).map((params) => write('addMessages', params)),
  },
  {
    weight: 4,
    arbitrary: withId(fc.record({ messageId }), some({ content, timestamp: time, ...messageFields })).map(
      (params) => write('updateMessage', params),
    ),
  },
  { weight: 3, arbitrary: ids(messageId).map((messageIds) => write('deleteMessages', { messageIds })) },
  {
    weight: 1,
    arbitrary: withId(
      fc.oneof(fc.record({ channelId }), fc.record({ userId }), fc.record({ channelId, userId })),
      some({
        messageType: fc.constantFrom('message', 'note'),
        replyToMessageId: messageId,
        before: time,
        after: time,
      }),
    ).map((params) => write('deleteMatchingMessages', params)),
  },
  {
    weight: 1,
    arbitrary: withId(fc.record({ olderThan: time, channelId }), some({ keepPinned: fc.boolean() })).map(
      (params) => write('deleteExpiredMessages', params),
    ),
  },
]

const channelWrites = [
  {
    weight: 3,
    arbitrary: withId(
      fc.record({ channelId }),
      some({ name: fc.option(content), metadata: maybeMetadata, createdAt: time }),
    ).map((params) => write('upsertChannel', params)),
  },
  { weight: 1, arbitrary: channelId.map((id) => write('deleteChannel', { channelId: id })) },
]

const segmentWrites = [
  { weight: 3, arbitrary: segmentFields.map((params) => write('createConversationSegment', params)) },
  {
    weight: 4,
    arbitrary: withId(segmentFields, fc.record({ messages: fc.array(member, { maxLength: 4 }) })).map(
      (params) => write('createSegmentWithMessages', params),
    ),
  },
  {
    // It seldom meets a message that is there, of the segment's channel.
    weight: 6,
    arbitrary: withId(
      fc.record({ segmentId, messageId }),
      some({ position: fc.nat(4), contributionScore: fc.option(score) }),
    ).map((params) => write('addMessageToSegment', params)),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ segmentId, messages: fc.array(member, { maxLength: 4 }) })
      .map((params) => write('addMessagesToSegment', params)),
  },
  {
    weight: 2,
    arbitrary: withId(
      fc.record({ segmentId }),
      some({
        startTime: time,
        endTime: time,
        summary: fc.option(content),
        coherenceScore: fc.option(score),
        activityLevel: fc.option(score),
        vector: fc.option(vector),
        metadata: maybeMetadata,
      }),
    ).map((params) => write('updateConversationSegment', params)),
  },
  {
    weight: 1,
    arbitrary: segmentId.map((id) => write('deleteConversationSegment', { segmentId: id })),
  },
]

const embeddingWrites = [
  {
    weight: 4,
    arbitrary: fc
      .array(embedding, { maxLength: 3 })
      .map((embeddings) => write('storeEmbeddings', { embeddings })),
  },
  {
    weight: 1,
    arbitrary: withId(
      fc.record({ ownerType, ownerIds: ids(fc.oneof(messageId, segmentId)) }),
      some({ model }),
    ).map((params) => write('deleteEmbeddings', params)),
  },
]

const userWrites = [
  {
    weight: 3,
    arbitrary: withId(
      fc.record({ userId }),
      some({ displayName, metadata: maybeMetadata, firstSeen: time }),
    ).map((params) => write('upsertUser', params)),
  },
  {
    weight: 2,
    arbitrary: withId(fc.record({ userId }), some({ timestamp: time })).map((params) =>
      write('recordActivity', params),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.record({ userId, profile: patch }).map((params) => write('updateProfile', params)),
  },
  { weight: 2, arbitrary: userId.map((id) => write('deleteUser', { userId: id })) },
  {
    weight: 1,
    arbitrary: withId(fc.record({ userId }), some({ mayReturn: fc.boolean() })).map((params) =>
      write('forgetUser', params),
    ),
  },
]

const maintenanceWrites = [
  {
    weight: 1,
    arbitrary: fc.constantFrom(write('optimize', {}), write('checkpoint', {}), write('releaseSpace', {})),
  },
]

const healthy: fc.Arbitrary<Write> = fc.oneof(
  ...messageWrites,
  ...channelWrites,
  ...segmentWrites,
  ...embeddingWrites,
  ...userWrites,
  ...maintenanceWrites,
)

export interface PlannedWrite {
  readonly write: Write
  /** Whether it was made to fail. Others may fail too, as chance has it. */
  readonly isPoisoned: boolean
}

/** A run's writes, a tenth of them poisoned. */
export const plannedWrites: fc.Arbitrary<PlannedWrite[]> = fc.array(
  fc.oneof(
    { weight: 9, arbitrary: healthy.map((one) => ({ write: one, isPoisoned: false })) },
    { weight: 1, arbitrary: poison.map((one) => ({ write: one, isPoisoned: true })) },
  ),
  { maxLength: 60, size: 'max' },
)
