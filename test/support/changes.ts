import type { ChangeEvent, DatabaseManager } from 'convodb'

/** The cursor of the present end. */
export const presentEnd = async (db: DatabaseManager): Promise<string> => (await db.listChanges()).nextCursor

/** All changes behind a cursor, page by page. */
export async function changesBehind(
  db: DatabaseManager,
  after: string,
  page: { readonly channelId?: string; readonly limit?: number } = {},
): Promise<ChangeEvent[]> {
  const changes: ChangeEvent[] = []
  for (let cursor = after; ;) {
    const { items, nextCursor, hasMore } = await db.listChanges({ ...page, after: cursor })
    changes.push(...items)
    cursor = nextCursor
    if (!hasMore) return changes
  }
}

/** The next so many. */
export async function takeChanges(
  subscription: AsyncIterator<ChangeEvent, unknown, undefined>,
  count: number,
): Promise<ChangeEvent[]> {
  const changes: ChangeEvent[] = []
  while (changes.length < count) {
    const next = await subscription.next()
    if (next.done === true) break
    changes.push(next.value)
  }
  return changes
}

/** What a change is about, in a few words: its kind and the id of what changed. */
export function brief(change: ChangeEvent): string {
  if ('messageId' in change) return `${change.kind} ${change.messageId}`
  if ('segmentId' in change) return `${change.kind} ${change.segmentId}`
  if ('userId' in change) return `${change.kind} ${change.userId}`
  return 'channelId' in change ? `${change.kind} ${change.channelId}` : change.kind
}
