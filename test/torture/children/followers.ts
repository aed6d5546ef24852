import { setTimeout as sleep } from 'node:timers/promises'
import { ConvoDbError, type ChangeEvent, type DatabaseManager } from 'convodb'
import { brief } from '../../support/changes.js'
import { lastTold, type Seen } from './follow-task.js'

export const toSeen = (change: ChangeEvent): Seen => ({
  cursor: change.cursor,
  told: brief(change),
  channelId: 'channelId' in change ? change.channelId : null,
  version: 'message' in change ? Number(change.message.content) : null,
})

/** What all followers of a thread count together. */
export interface FollowCounts {
  reconnections: number
  readonly codes: Record<string, number>
}

type Follow = (db: DatabaseManager, start: string, counts: FollowCounts) => Promise<Seen[]>

const isLast = (seen: readonly Seen[]): boolean => seen.at(-1)?.told === lastTold

/** Leaves after so many changes and goes on from the last one's cursor; or never leaves. */
const subscribing =
  (
    leaveAfter: () => number,
    options: {
      readonly channelId?: string
      readonly maxQueuedEvents?: number
      readonly isSlow?: boolean
    } = {},
  ): Follow =>
  async (db, start, counts) => {
    const { isSlow = false, ...bounds } = options
    const seen: Seen[] = []
    let after = start
    while (!isLast(seen)) {
      let left = leaveAfter()
      counts.reconnections += 1
      try {
        for await (const change of db.subscribe({ ...bounds, after })) {
          seen.push(toSeen(change))
          after = change.cursor
          left -= 1
          if (left === 0 || isLast(seen)) break
          if (isSlow && Math.random() < 0.02) await sleep(300)
        }
      } catch (error) {
        if (!(error instanceof ConvoDbError)) throw error
        counts.codes[error.code] = (counts.codes[error.code] ?? 0) + 1
        if (error.code !== 'OVERLOADED') throw error
        after = String(error.details['cursor'])
      }
    }
    return seen
  }

const listing: Follow = async (db, start) => {
  const seen: Seen[] = []
  for (let after = start; !isLast(seen);) {
    const { items, nextCursor, hasMore } = await db.listChanges({
      after,
      limit: 1 + Math.floor(Math.random() * 40),
    })
    seen.push(...items.map(toSeen))
    after = nextCursor
    if (!hasMore) await sleep(Math.random() * 5)
  }
  return seen
}

const sometimes = (most: number) => () => 1 + Math.floor(Math.random() * most)

/** Every way of following. */
export const followers: { readonly [name: string]: Follow } = {
  'all along': subscribing(() => Infinity),
  'leaves often': subscribing(sometimes(5)),
  'leaves now and then': subscribing(sometimes(300)),
  'is slow': subscribing(() => Infinity, { maxQueuedEvents: 20, isSlow: true }),
  'one channel': subscribing(sometimes(50), { channelId: 'c1' }),
  'lists pages': listing,
}

export async function followAll(
  db: DatabaseManager,
  start: string,
  counts: FollowCounts,
): Promise<{ [follower: string]: Seen[] }> {
  const all = Object.entries(followers).map(async ([name, follow]): Promise<[string, Seen[]]> => [
    name,
    await follow(db, start, counts),
  ])
  return Object.fromEntries(await Promise.all(all))
}
