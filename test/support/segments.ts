import type { DatabaseManager } from 'convodb'

/** What a strategy has made of a channel: the members of each segment, in the order of the segments' starts. */
export async function segmentsOf(db: DatabaseManager, channelId: string, strategy = ''): Promise<string[][]> {
  const found: string[] = []
  for (let cursor: string | undefined, isDone = false; !isDone;) {
    const page = await db.getConversationSegments({ channelId, order: 'asc', limit: 1_000, cursor })
    found.push(...page.items.map(({ segmentId }) => segmentId).filter((id) => id.startsWith(`${strategy}`)))
    cursor = page.nextCursor ?? undefined
    isDone = cursor === undefined
  }
  const members = await db.getSegmentMessageIds(found)
  return members.map(({ messageIds }) => messageIds)
}
