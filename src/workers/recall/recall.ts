import { ConvoDbError } from '../../protocol/errors.js'
import { fitBudget } from '../../protocol/fit-budget.js'
import type { MessageRow } from '../../protocol/message-rows.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Packed } from '../../protocol/packed.js'
import { wordsOf } from '../../protocol/words/question.js'
import type { ReadConnection } from '../connection/connection.js'
import { answerItems } from '../reading/pack-answer.js'
import { messagesToJson } from '../reading/row-json.js'
import { rankByWords } from '../search/search-messages.js'
import { findSegmentOf } from '../tables/recalled-segments.js'
import { rankByVector } from '../tables/vector-search.js'
import { fuse, type Ranked } from './fuse.js'
import { passagesOf, type Passage } from './passages.js'

type Params = WireParams<'recall'>
type WirePassage = WireResult<'recall'>[number]

const defaultLimit = 10
const defaultContext = 2
const defaultBudget = 20_000

/** Of each list so many are looked at for each passage that is wanted, and so many at least. */
const perPassage = 5
const leastDepth = 50

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

type FoundPassage = Omit<WirePassage, 'messages'> & { readonly messages: MessageRow[] }

function findPassages(connection: ReadConnection, params: Params): FoundPassage[] {
  const { limit = defaultLimit, context = defaultContext, wholeSegments = false } = params
  const passages = passagesOf(connection, fuse(rankAll(connection, params)), limit, {
    context,
    wholeSegments,
  })
  return cut(passages, params.budget ?? defaultBudget).map((passage) =>
    toFound(passage, params.explain === true),
  )
}

function rankAll(connection: ReadConnection, params: Params) {
  const { text, vector, model, userId, limit = defaultLimit } = params
  if (text === undefined && vector === undefined) throw wrong('text', 'or vector must be given')
  if ((vector === undefined) !== (model === undefined))
    throw wrong(vector === undefined ? 'vector' : 'model', 'is missing: a vector is one of a model')
  const depth = Math.max(leastDepth, perPassage * limit)
  const segments = new Map<number, number>()
  const byMessage = (list: readonly { key: number; time: number; score: number }[]): Ranked[] =>
    list.map(({ key, time, score }) => {
      const segmentKey = findSegmentOf(connection, key, segments)
      return { messageKey: key, segmentKey, time, score }
    })
  const words = text === undefined ? [] : rankByWords(connection, params, wordsOf(text), depth)
  const search =
    vector === undefined || model === undefined ? undefined : { ...params, vector, model, limit: depth }
  const meaning = search === undefined ? [] : rankByVector(connection, { ...search, owner: 'message' })
  // Segments have no author.
  const ofSegments =
    search === undefined || userId !== undefined
      ? []
      : rankByVector(connection, { ...search, owner: 'segment' })
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

const wrong = (field: string, what: string): ConvoDbError =>
  new ConvoDbError('INVALID_ARGUMENT', `${field} ${what}`, { field })

/** What fits the budget; passages of which nothing is left go. */
function cut(passages: readonly Passage[], budget: number): Passage[] {
  const items = passages.flatMap(({ messages }, passage) =>
    messages.map(({ row, distance }) => ({ passage, distance, content: row[3] })),
  )
  const fitting = fitBudget(items, budget, (text) => text.length)
  let next = 0
  return passages.flatMap((passage) => {
    const messages = passage.messages.filter(() => fitting.has(next++))
    return messages.length === 0 ? [] : [{ ...passage, messages }]
  })
}

function toFound({ fused, channelId, segmentId, messages }: Passage, explains: boolean): FoundPassage {
  return {
    channelId,
    segmentId,
    score: fused.score,
    hitIds: messages.filter(({ distance }) => distance === 0).map(({ row }) => row[0]),
    messages: messages.map(({ row }) => row),
    explanation: explains ? fused.explanation : null,
  }
}
