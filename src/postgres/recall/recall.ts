import type { WireParams, WireResult } from '../../protocol/operations.js'
import { fuse, type Ranked } from '../../protocol/recall/fuse.js'
import { cutPassages, toFoundPassage } from '../../protocol/recall/passages.js'
import { chooseSegment, readRecall } from '../../protocol/recall/request.js'
import { wordsOf } from '../../protocol/words/question.js'
import type { Session } from '../connection/session.js'
import { rankByWords } from '../search/search-messages.js'
import { listSegmentsOf } from '../tables/recalled-segments.js'
import { rankByVector, type Ranked as Nearest } from '../tables/vector-search.js'
import { passagesOf } from './passages.js'

type Params = WireParams<'recall'>

/** @throws INVALID_ARGUMENT, DIMENSION_MISMATCH, SEARCH_OFF, SEARCH_NOT_READY */
export async function recall(session: Session, params: Params): Promise<WireResult<'recall'>> {
  const request = readRecall(params)
  const lists = await searchAll(session, params, request)
  const channels = {
    ofMessages: channelsOf([...lists.words, ...lists.meaning]),
    ofSegments: channelsOf(lists.segment),
  }
  const found = fuse(await rankAll(session, lists, channels.ofMessages))
  const passages = await passagesOf(session, found, channels, request.limit, request.width)
  return cutPassages(passages, request.budget).map((passage) => {
    const { messages, ...rest } = toFoundPassage(passage, request.explains)
    return { ...rest, messages: JSON.stringify(messages) }
  })
}

const channelsOf = (list: readonly Nearest[]): ReadonlyMap<number, string> =>
  new Map(list.map(({ key, channelId }) => [key, channelId]))

interface Lists {
  readonly words: readonly Nearest[]
  readonly meaning: readonly Nearest[]
  readonly segment: readonly Nearest[]
}

async function searchAll(
  session: Session,
  params: Params,
  { depth, messagesByVector, segmentsByVector }: ReturnType<typeof readRecall>,
): Promise<Lists> {
  const { text } = params
  const words = text === undefined ? [] : await rankByWords(session, params, wordsOf(text), depth)
  return {
    words: words.map(({ key, channelId, timestamp, score }) => ({ key, channelId, time: timestamp, score })),
    meaning: messagesByVector === undefined ? [] : await rankByVector(session, messagesByVector),
    segment: segmentsByVector === undefined ? [] : await rankByVector(session, segmentsByVector),
  }
}

/** Messages with the segments that they are in. */
async function rankAll(
  session: Session,
  { words, meaning, segment }: Lists,
  channelsOfMessages: ReadonlyMap<number, string>,
) {
  const segmentsOf = await listSegmentsOf(session, channelsOfMessages)
  const known = new Map<number, number>()
  const byMessage = (list: readonly Nearest[]): Ranked[] =>
    list.map(({ key, time, score }) => {
      const segmentKey = chooseSegment(segmentsOf.get(key) ?? [], key, known)
      return { messageKey: key, segmentKey, time, score }
    })
  return {
    words: byMessage(words),
    meaning: byMessage(meaning),
    segment: segment.map(({ key, time, score }): Ranked => ({
      messageKey: undefined,
      segmentKey: key,
      time,
      score,
    })),
  }
}
