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
import { read, write } from '../operation.js'
import { conversationSegment, segmentMessage, segmentMessageIds } from '../result-models.js'
import { wholeNumber, listOf, orUndefined, pageOf, truth } from '../results.js'

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
  createConversationSegment: write({ params: object(segmentFields), result: conversationSegment }),
  createSegmentWithMessages: write({
    params: object({ ...segmentFields, messages: members }),
    result: conversationSegment,
  }),
  addMessageToSegment: write({
    params: object({
      segmentId: id,
      messageId: id,
      position: optional(position),
      contributionScore: nullable(score),
    }),
    result: wholeNumber,
  }),
  addMessagesToSegment: write({ params: object({ segmentId: id, messages: members }), result: wholeNumber }),
  getConversationSegment: read({
    params: object({ segmentId: id }),
    result: orUndefined(conversationSegment),
  }),
  getConversationSegments: read({
    params: object({ channelId: id, before: optional(time), after: optional(time), ...paging }),
    result: pageOf(conversationSegment),
  }),
  getOverlappingSegments: read({
    params: object({ channelId: id, startTime: time, endTime: time, ...paging }),
    result: pageOf(conversationSegment),
  }),
  getSegmentMessages: read({ params: object({ segmentId: id }), result: listOf(segmentMessage) }),
  getSegmentMessageIds: read({ params: object({ segmentIds: ids }), result: listOf(segmentMessageIds) }),
  updateConversationSegment: write({
    params: object({
      segmentId: id,
      startTime: optional(time),
      endTime: optional(time),
      summary: nullable(text),
      coherenceScore: nullable(score),
      activityLevel: nullable(score),
      vector: nullable(vector),
      metadata: nullable(json),
    }),
    result: conversationSegment,
  }),
  deleteConversationSegment: write({ params: object({ segmentId: id }), result: truth }),
}
