import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Packed } from '../../protocol/packed.js'
import { fuse, type Ranked } from '../../protocol/recall/fuse.js'
import { cutPassages, toFoundPassage, type FoundPassage } from '../../protocol/recall/passages.js'
import { readRecall } from '../../protocol/recall/request.js'
import { wordsOf } from '../../protocol/words/question.js'
import type { ReadConnection } from '../connection/connection.js'
import { answerItems } from '../reading/pack-answer.js'
import { messagesToJson } from '../reading/row-json.js'
import { rankByWords } from '../search/search-messages.js'
import { findSegmentOf } from '../tables/recalled-segments.js'
import { rankByVector } from '../tables/vector-search.js'
import { passagesOf } from './passages.js'

type Params = WireParams<'recall'>
type WirePassage = WireResult<'recall'>[number]

/** @throws INVALID_ARGUMENT, DIMENSION_MISMATCH, SEARCH_OFF, SEARCH_NOT_READY */
export function recall(connection: ReadConnection, params: Params): readonly WirePassage[] | Packed {
  const passages = findPassages(connection, params)
  return answerItems(
    passages.map(({ messages, ...rest }) => ({ ...rest, messages: JSON.stringify(messages) })),
  )
}

/** The same as the JSON that callers of HTTP get. */
export function recallAsJson(connection: ReadConnection, params: Params): string {
  const texts = findPassages(connection, params).map(({ messages, ...rest }) => {
    const fields = JSON.stringify(rest).slice(0, -1)
    return `${fields},"messages":${messagesToJson(messages)}}`
  })
  return `[${texts.join(',')}]`
}

function findPassages(connection: ReadConnection, params: Params): FoundPassage[] {
  const request = readRecall(params)
  const found = fuse(rankAll(connection, params, request))
  const passages = passagesOf(connection, found, request.limit, request.width)
  return cutPassages(passages, request.budget).map((passage) => toFoundPassage(passage, request.explains))
}

function rankAll(
  connection: ReadConnection,
  params: Params,
  { depth, messagesByVector, segmentsByVector }: ReturnType<typeof readRecall>,
) {
  const { text } = params
  const segments = new Map<number, number>()
  const byMessage = (list: readonly { key: number; time: number; score: number }[]): Ranked[] =>
    list.map(({ key, time, score }) => {
      const segmentKey = findSegmentOf(connection, key, segments)
      return { messageKey: key, segmentKey, time, score }
    })
  const words = text === undefined ? [] : rankByWords(connection, params, wordsOf(text), depth)
  const meaning = messagesByVector === undefined ? [] : rankByVector(connection, messagesByVector)
  const ofSegments = segmentsByVector === undefined ? [] : rankByVector(connection, segmentsByVector)
  return {
    words: byMessage(words),
    meaning: byMessage(meaning),
    segment: ofSegments.map(({ key, time, score }): Ranked => ({
      messageKey: undefined,
      segmentKey: key,
      time,
      score,
    })),
  }
}
