import type { Channel, DatabaseManager, Page } from '../../main/index.js'
import type { Difference } from './digests.js'

const pageLimit = 10_000

/** Compares how many messages each channel has, by their counters. */
export async function compareCounts(
  source: DatabaseManager,
  target: DatabaseManager,
): Promise<{ readonly messages: number; readonly differences: readonly Difference[] }> {
  const [ours, theirs] = await Promise.all([readCounts(source), readCounts(target)])
  const differences = [...new Set([...ours.keys(), ...theirs.keys()])].flatMap((channelId) => {
    const [sourceRows, targetRows] = [ours.get(channelId) ?? 0, theirs.get(channelId) ?? 0]
    return sourceRows === targetRows ? [] : [{ kind: 'message', channelId, sourceRows, targetRows } as const]
  })
  return { messages: [...ours.values()].reduce((sum, count) => sum + count, 0), differences }
}

async function readCounts(db: DatabaseManager): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  let cursor: string | undefined
  do {
    const page: Page<Channel> = await db.listChannels({ limit: pageLimit, order: 'asc', cursor })
    for (const { channelId, messageCount } of page.items) counts.set(channelId, messageCount)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return counts
}
