import { Type } from 'typebox'
import {
  id,
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
} from '../fields.js'
import type { ConversationSegment, Page, SegmentMessage, SegmentMessageIds } from '../models.js'
import { read, returns, write } from '../operation.js'

const segmentFields = {
  segmentId: id,
  channelId: id,
  startTime: time,
  endTime: time,
  summary: nullable(text),
  coherenceScore: nullable(score),
  activityLevel: nullable(score),
  vector: nullable(vector),
  metadata: nullable(json),
  onConflict: optional(onConflict),
}

const member = object({ messageId: id, position: optional(position), contributionScore: nullable(score) })
const members = list(Type.Union([id, member]))

export const segmentOperations = {
  createConversationSegment: write(object(segmentFields), returns<ConversationSegment>()),
  createSegmentWithMessages: write(
    object({ ...segmentFields, messages: members }),
    returns<ConversationSegment>(),
  ),
  addMessageToSegment: write(
    object({
      segmentId: id,
      messageId: id,
      position: optional(position),
      contributionScore: nullable(score),
    }),
    returns<number>(),
  ),
  addMessagesToSegment: write(object({ segmentId: id, messages: members }), returns<number>()),
  getConversationSegment: read(object({ segmentId: id }), returns<ConversationSegment | undefined>()),
  getConversationSegments: read(
    object({ channelId: id, before: optional(time), after: optional(time), ...paging }),
    returns<Page<ConversationSegment>>(),
  ),
  getOverlappingSegments: read(
    object({ channelId: id, startTime: time, endTime: time, ...paging }),
    returns<Page<ConversationSegment>>(),
  ),
  getSegmentMessages: read(object({ segmentId: id }), returns<SegmentMessage[]>()),
  getSegmentMessageIds: read(object({ segmentIds: ids }), returns<SegmentMessageIds[]>()),
  updateConversationSegment: write(
    object({
      segmentId: id,
      startTime: optional(time),
      endTime: optional(time),
      summary: nullable(text),
      coherenceScore: nullable(score),
      activityLevel: nullable(score),
      vector: nullable(vector),
      metadata: nullable(json),
    }),
    returns<ConversationSegment>(),
  ),
  deleteConversationSegment: write(object({ segmentId: id }), returns<boolean>()),
}
