import type { WireParams } from '../../protocol/operations.js'
import type { Question } from '../../protocol/words/question.js'
import { usualLength, type Collection } from '../../protocol/words/scores.js'
import { scopeOfSearch, type SearchScope } from '../../protocol/words/search-scope.js'
import type { ReadConnection } from '../connection/connection.js'
import { beforeAllTime } from '../../protocol/cursors.js'
import { findChannelKey, readActivity } from '../tables/channels.js'
import { findUserKey } from '../tables/user-keys.js'
import type { Extent, WordBlock } from './word-blocks.js'

type Params = Pick<WireParams<'searchMessages'>, 'channelId' | 'channelIds' | 'userId' | 'before' | 'after'>

/** Which messages a search is about. */
export interface Extents {
  /** Undefined: there is none. */
  readonly extent: Omit<Extent, 'lastKey'> | undefined
  readonly period: SearchScope['period']
  /** How many they are, how long, and when the latest was written. */
  collection(blocks: readonly WordBlock[]): Collection & { readonly recentAt: number }
}

export function extentOf(connection: ReadConnection, params: Params, question: Question): Extents {
  const { scope } = connection
  const heldTo = scope.isHeld ? scope.channelIds : undefined
  const { channelIds, userIds, period } = scopeOfSearch(params, question, heldTo)
  const channelKeys = channelIds?.flatMap((id) => findChannelKey(connection, id) ?? [])
  const userKeys = userIds?.flatMap((id) => findUserKey(connection, id) ?? [])
  const isNobody = channelKeys?.length === 0 || userKeys?.length === 0
  return {
    extent: isNobody ? undefined : { channelKeys, userKeys },
    period,
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

function collectionOf(blocks: readonly WordBlock[]): Collection & { readonly recentAt: number } {
  const messages = blocks.reduce((sum, block) => sum + block.messages, 0)
  const words = blocks.reduce((sum, block) => sum + block.words, 0)
  const recentAt = blocks.reduce((latest, block) => Math.max(latest, block.latest), beforeAllTime)
  return { messages, meanLength: words / Math.max(messages, 1), recentAt }
}
