import fc from 'fast-check'
import { channelId, newMessage, segmentId, userId } from './fields.js'
import { write, type Write } from './operations.js'

/**
 * Writes that fail whatever came before them, since they are about things that no other write touches: the first writes
 * of every run make those. Where a call writes several things, it is the last one that fails.
 */

const kept = { messageId: '~kept', channelId: '~kept', userId: '~kept', content: 'kept', timestamp: 1 }
const keptSegment = { segmentId: '~kept', channelId: '~kept', startTime: 1, endTime: 2 }
const keptEmbedding = { ownerType: 'message' as const, ownerId: '~kept', model: '~kept', vector: [1, 2, 3] }

export const preparation: readonly Write[] = [
  write('storeMessage', kept),
  write('createSegmentWithMessages', { ...keptSegment, messages: ['~kept'] }),
  write('storeEmbeddings', { embeddings: [keptEmbedding] }),
  write('forgetUser', { userId: '~gone' }),
]

/** A message that would be new, with a channel and a user that would be. */
const poisoned = { ...kept, messageId: '~poisoned', channelId: '~poisoned', userId: '~poisoned' }

/** By the code they fail with. */
export const poisons = {
  ALREADY_EXISTS: fc.oneof(
    fc.constant(write('storeMessage', { ...kept, onConflict: 'error' })),
    fc.constant(write('addMessages', { messages: [poisoned, kept], onConflict: 'error' })),
    channelId.map((id) => write('createConversationSegment', { ...keptSegment, channelId: id })),
  ),
  NOT_FOUND: fc.oneof(
    fc.constant(write('updateMessage', { messageId: '~none', content: 'new' })),
    fc.constant(write('addMessagesToSegment', { segmentId: '~kept', messages: ['~kept', '~none'] })),
    fc.constant(write('addMessageToSegment', { segmentId: '~none', messageId: '~kept' })),
    fc.constant(write('updateConversationSegment', { segmentId: '~none', summary: 'new' })),
    fc.constant(
      write('storeEmbeddings', {
        embeddings: [
          { ...keptEmbedding, model: '~poisoned' },
          { ...keptEmbedding, ownerId: '~none' },
        ],
      }),
    ),
  ),
  CONFLICT: fc.oneof(
    channelId.map((id) => write('storeMessage', { ...kept, channelId: id })),
    channelId.map((id) =>
      write('createConversationSegment', { ...keptSegment, channelId: id, onConflict: 'update' }),
    ),
    channelId.map((id) =>
      write('createSegmentWithMessages', {
        ...keptSegment,
        segmentId: '~poisoned',
        channelId: id,
        messages: ['~kept'],
      }),
    ),
    channelId.map((id) =>
      write('addMessages', {
        messages: [poisoned, { ...kept, channelId: id }],
      }),
    ),
  ),
  DIMENSION_MISMATCH: fc.constant(
    write('storeEmbeddings', {
      embeddings: [
        { ...keptEmbedding, vector: [9, 9, 9] },
        { ...keptEmbedding, vector: [1, 2] },
      ],
    }),
  ),
  INVALID_ARGUMENT: fc.oneof(
    segmentId.map((id) =>
      write('createConversationSegment', {
        segmentId: id,
        channelId: '~poisoned',
        startTime: 2,
        endTime: 1,
        onConflict: 'update',
      }),
    ),
    fc.constant(write('updateConversationSegment', { segmentId: '~kept', startTime: 5 })),
    userId.map((id) => write('upsertUser', { userId: id, firstSeen: 'yesterday' })),
    newMessage.map((message) => write('storeMessage', { ...message, timestamp: 'yesterday' })),
  ),
  USER_FORGOTTEN: fc.constantFrom(
    write('upsertUser', { userId: '~gone', displayName: 'Gone' }),
    write('recordActivity', { userId: '~gone', timestamp: 1 }),
    write('updateProfile', { userId: '~gone', profile: {} }),
  ),
} as const

export const poison: fc.Arbitrary<Write> = fc.oneof(...Object.values(poisons))
