import {
  id,
  idOr,
  ids,
  json,
  list,
  nullable,
  object,
  onConflict,
  optional,
  paging,
  position,
  score,
  text,
  time,
  vector,
  withMessages,
} from '../fields.js'
import { read, write } from '../operation.js'
import type { GetSegmentMessagesParams } from '../listing-parameters.js'
import type {
  AddMessagesToSegmentParams,
  AddMessageToSegmentParams,
  CreateSegmentWithMessagesParams,
  GetConversationSegmentsParams,
  GetOverlappingSegmentsParams,
  NewMember,
  NewSegment,
  SegmentIds,
  SegmentRef,
  UpdateConversationSegmentParams,
} from '../parameters.js'
import { conversationSegment, segmentMessage, segmentMessageIds } from '../result-models.js'
import { listOf, orUndefined, pageOf, truth, wholeNumber } from '../results.js'

const content = {
  summary: nullable(text),
  coherenceScore: nullable(score),
  activityLevel: nullable(score),
  vector: nullable(vector),
  metadata: nullable(json),
}
const newSegment = {
  segmentId: id,
  channelId: id,
  startTime: time,
  endTime: time,
  ...content,
  onConflict: optional(onConflict),
}
const newMember = { messageId: id, position: optional(position), contributionScore: nullable(score) }
const members = list(idOr(object<NewMember>(newMember)))
const segment = object<SegmentRef>({ segmentId: id })

export const segmentOperations = {
  createConversationSegment: write({ params: object<NewSegment>(newSegment), result: conversationSegment }),
  createSegmentWithMessages: write({
    params: object<CreateSegmentWithMessagesParams>({ ...newSegment, messages: members }),
    result: conversationSegment,
  }),
  addMessageToSegment: write({
    params: object<AddMessageToSegmentParams>({ segmentId: id, ...newMember }),
    result: wholeNumber,
  }),
  addMessagesToSegment: write({
    params: object<AddMessagesToSegmentParams>({ segmentId: id, messages: members }),
    result: wholeNumber,
  }),
  getConversationSegment: read({ params: segment, result: orUndefined(conversationSegment) }),
  getConversationSegments: read({
    params: object<GetConversationSegmentsParams>({
      channelId: id,
      before: optional(time),
      after: optional(time),
      ...paging,
    }),
    result: pageOf(conversationSegment),
  }),
  getOverlappingSegments: read({
    params: object<GetOverlappingSegmentsParams>({
      channelId: id,
      startTime: time,
      endTime: time,
      ...paging,
    }),
    result: pageOf(conversationSegment),
  }),
  getSegmentMessages: read({
    params: object<GetSegmentMessagesParams>({ segmentId: id, ...withMessages }),
    result: listOf(segmentMessage),
  }),
  getSegmentMessageIds: read({
    params: object<SegmentIds>({ segmentIds: ids }),
    result: listOf(segmentMessageIds),
  }),
  updateConversationSegment: write({
    params: object<UpdateConversationSegmentParams>({
      segmentId: id,
      startTime: optional(time),
      endTime: optional(time),
      ...content,
    }),
    result: conversationSegment,
  }),
  deleteConversationSegment: write({ params: segment, result: truth }),
}
