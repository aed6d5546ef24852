import type { GetSegmentMessagesParams } from '../../protocol/listing-parameters.js'
import type { ConversationSegment, Page, SegmentMessage, SegmentMessageIds } from '../../protocol/models.js'
import type {
  AddMessagesToSegmentParams,
  AddMessageToSegmentParams,
  CreateSegmentWithMessagesParams,
  GetConversationSegmentsParams,
  GetOverlappingSegmentsParams,
  NewSegment,
  SegmentIds,
  UpdateConversationSegmentParams,
} from '../../protocol/parameters.js'
import type { CallOptions } from '../validation/call-options.js'
import type { Execute } from './execute.js'
import { idParams, isList, type IdOr, type ListOr } from './id-params.js'

/** Conversation segments: which messages of a channel belong to one conversation. */
export function segmentCalls<Metadata extends object, Profile extends object>(
  execute: Execute<Metadata, Profile>,
) {
  return {
    /**
     * Creates a segment without members; its channel comes into being with it.
     *
     * @param segment `segmentId`, `channelId`, `startTime`, `endTime` (not before it); `summary`, `coherenceScore`,
     *   `activityLevel` (numbers on whatever scale is yours), `vector`, `metadata`; `onConflict` default `'error'`.
     * @returns the segment; `messageCount` follows its members.
     * @throws INVALID_ARGUMENT, ALREADY_EXISTS, CONFLICT (it exists in another channel), OVERLOADED
     * @example
     * await db.createConversationSegment({ segmentId: 's1', channelId: 'general', startTime, endTime })
     */
    createConversationSegment: (
      segment: NewSegment<Metadata>,
      options?: CallOptions,
    ): Promise<ConversationSegment<Metadata>> => execute('createConversationSegment', segment, options),

    /**
     * Creates a segment and its members, all or nothing. With `onConflict: 'update'` the members are replaced too.
     *
     * @param segment as for `createConversationSegment`, and `messages`: ids, or `{ messageId, position,
     *   contributionScore }`; positions default to the order given.
     * @throws as `createConversationSegment`, NOT_FOUND (no such message), CONFLICT (a message of another channel)
     * @example
     * await db.createSegmentWithMessages({ segmentId: 's1', channelId: 'general', startTime, endTime, messages: ['1', '2'] })
     */
    createSegmentWithMessages: (
      segment: CreateSegmentWithMessagesParams<Metadata>,
      options?: CallOptions,
    ): Promise<ConversationSegment<Metadata>> => execute('createSegmentWithMessages', segment, options),

    /**
     * Adds a message to a segment; a member already there takes the new position and score.
     *
     * @param member `position` 0 to 2^53 - 1, default after the last; `contributionScore` any number.
     * @returns 1 when it is new there, else 0.
     * @throws INVALID_ARGUMENT, NOT_FOUND (segment or message), CONFLICT (a message of another channel; no position is left after the last), OVERLOADED
     * @example await db.addMessageToSegment({ segmentId: 's1', messageId: '1', position: 0 })
     */
    addMessageToSegment: (member: AddMessageToSegmentParams, options?: CallOptions): Promise<number> =>
      execute('addMessageToSegment', member, options),

    /**
     * Adds many messages to a segment, all or none.
     *
     * @returns how many are new there.
     * @throws as `addMessageToSegment`
     * @example await db.addMessagesToSegment({ segmentId: 's1', messages: ['1', { messageId: '2', contributionScore: 0.8 }] })
     */
    addMessagesToSegment: (members: AddMessagesToSegmentParams, options?: CallOptions): Promise<number> =>
      execute('addMessagesToSegment', members, options),

    /**
     * @returns the segment, or undefined.
     * @throws INVALID_ARGUMENT
     * @example const segment = await db.getConversationSegment('s1')
     */
    getConversationSegment: (
      segment: IdOr<'segmentId'>,
      options?: CallOptions,
    ): Promise<ConversationSegment<Metadata> | undefined> =>
      execute('getConversationSegment', idParams('segmentId', segment), options),

    /**
     * One page of a channel's segments by their start, latest first.
     *
     * @param page `channelId`; `before`, `after`: bounds of `startTime`, both exclusive; `limit` default 100; `order`
     *   default `'desc'`; `cursor`.
     * @throws INVALID_ARGUMENT
     * @example const { items } = await db.getConversationSegments({ channelId: 'general', after: yesterday })
     */
    getConversationSegments: (
      page: GetConversationSegmentsParams,
      options?: CallOptions,
    ): Promise<Page<ConversationSegment<Metadata>>> => execute('getConversationSegments', page, options),

    /**
     * One page of the segments that share at least a moment with a stretch of time, both ends included, by their start.
     *
     * @param page `channelId`, `startTime`, `endTime`; `limit` default 100; `order` default `'desc'`; `cursor`.
     * @throws INVALID_ARGUMENT
     * @example const { items } = await db.getOverlappingSegments({ channelId: 'general', startTime, endTime })
     */
    getOverlappingSegments: (
      page: GetOverlappingSegmentsParams,
      options?: CallOptions,
    ): Promise<Page<ConversationSegment<Metadata>>> => execute('getOverlappingSegments', page, options),

    /**
     * @param segment the segment's id, or `{ segmentId, with }`; `with` as for `getMessages`.
     * @returns all members by position, then by insertion; empty when there is no such segment.
     * @throws INVALID_ARGUMENT
     * @example const members = await db.getSegmentMessages({ segmentId: 's1' })
     */
    getSegmentMessages: (
      segment: string | GetSegmentMessagesParams,
      options?: CallOptions,
    ): Promise<SegmentMessage<Metadata>[]> =>
      execute('getSegmentMessages', typeof segment === 'string' ? { segmentId: segment } : segment, options),

    /**
     * @param ids up to 100,000 segment ids, or `{ segmentIds }`.
     * @returns each segment's message ids by position, in the order asked; unknown segments are left out.
     * @throws INVALID_ARGUMENT
     * @example const [{ messageIds }] = await db.getSegmentMessageIds(['s1'])
     */
    getSegmentMessageIds: (
      ids: ListOr<string, SegmentIds>,
      options?: CallOptions,
    ): Promise<SegmentMessageIds[]> =>
      execute('getSegmentMessageIds', isList(ids) ? { segmentIds: ids } : ids, options),

    /**
     * Changes the fields that are given; null clears where null is allowed.
     *
     * @param changes `segmentId` and any of `startTime`, `endTime`, `summary`, `coherenceScore`, `activityLevel`,
     *   `vector`, `metadata`.
     * @returns the segment as it is now, durable.
     * @throws INVALID_ARGUMENT, NOT_FOUND, OVERLOADED
     * @example await db.updateConversationSegment({ segmentId: 's1', summary: 'How to mount a disk' })
     */
    updateConversationSegment: (
      changes: UpdateConversationSegmentParams<Metadata>,
      options?: CallOptions,
    ): Promise<ConversationSegment<Metadata>> => execute('updateConversationSegment', changes, options),

    /**
     * Deletes a segment with its membership and embeddings; the messages stay.
     *
     * @returns whether there was one.
     * @throws INVALID_ARGUMENT, OVERLOADED
     * @example await db.deleteConversationSegment('s1')
     */
    deleteConversationSegment: (segment: IdOr<'segmentId'>, options?: CallOptions): Promise<boolean> =>
      execute('deleteConversationSegment', idParams('segmentId', segment), options),
  }
}
