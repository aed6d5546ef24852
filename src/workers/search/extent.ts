import type { WireParams } from '../../protocol/operations.js'
import type { Question } from '../../protocol/words/question.js'
import type { ReadConnection } from '../connection/connection.js'
import { afterAllTime, beforeAllTime } from '../../protocol/cursors.js'
import { findChannelKey, readActivity } from '../tables/channels.js'
import { findUserKey } from '../tables/user-keys.js'
import type { Collection } from './scores.js'
import type { Extent, WordBlock } from './word-blocks.js'

type Params = Pick<WireParams<'searchMessages'>, 'channelId' | 'channelIds' | 'userId' | 'before' | 'after'>

/** Which messages a search is about. */
export interface Extents {
  /** Undefined: there is none. */
  readonly extent: Omit<Extent, 'lastKey'> | undefined
  /** Both exclusive. */
  readonly period: { readonly after: number; readonly before: number }
  /** How many they are, how long, and when the latest was written. */
  collection(blocks: readonly WordBlock[]): Collection & { readonly recentAt: number }
}

/** Of what the parameters say and what the question says, both hold; of several users or channels that one of them names, one. */
export function extentOf(connection: ReadConnection, params: Params, question: Question): Extents {
  const { scope } = connection
  const channelIds = common(
    params.channelId === undefined ? undefined : [params.channelId],
    params.channelIds,
    question.in.length === 0 ? undefined : question.in,
    scope.isHeld ? scope.channelIds : undefined,
  )
  const userIds = common(
    params.userId === undefined ? undefined : [params.userId],
    question.from.length === 0 ? undefined : question.from,
  )
  const channelKeys = channelIds?.flatMap((id) => findChannelKey(connection, id) ?? [])
  const userKeys = userIds?.flatMap((id) => findUserKey(connection, id) ?? [])
  const isNobody = channelKeys?.length === 0 || userKeys?.length === 0
  return {
    extent: isNobody ? undefined : { channelKeys, userKeys },
    period: {
      after: Math.max(params.after ?? beforeAllTime, (question.since ?? beforeAllTime + 1) - 1),
      before: Math.min(params.before ?? afterAllTime, question.before ?? afterAllTime),
    },
    collection: (blocks) =>
      channelKeys === undefined
        ? collectionOf(blocks)
        : {
            ...readActivity(connection, channelKeys),
            // Whoever is held to some channels learns nothing of others, not how long their messages are either.
            meanLength: scope.isHeld ? usualLength : collectionOf(blocks).meanLength,
          },
  }
}

/** Words of a message of chat. */
const usualLength = 10

function collectionOf(blocks: readonly WordBlock[]): Collection & { readonly recentAt: number } {
  const messages = blocks.reduce((sum, block) => sum + block.messages, 0)
  const words = blocks.reduce((sum, block) => sum + block.words, 0)
  const recentAt = blocks.reduce((latest, block) => Math.max(latest, block.latest), beforeAllTime)
  return { messages, meanLength: words / Math.max(messages, 1), recentAt }
}

/** What is in every list that there is; undefined where there is none. */
function common(...lists: readonly (readonly string[] | undefined)[]): string[] | undefined {
  const [first, ...others] = lists.filter((list) => list !== undefined)
  if (first === undefined) return undefined
  const sets = others.map((list) => new Set(list))
  return [...new Set(first)].filter((id) => sets.every((set) => set.has(id)))
}
