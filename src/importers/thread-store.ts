import type { DatabaseManager } from '../main/index.js'
import { parseTime } from '../protocol/time.js'
import { createSingleStore, type Store, type StoreContext } from './store.js'
import { InFlight } from './in-flight.js'
import type { ThreadSpan } from './records.js'

/**
 * Sees to it that a segment is there which covers at least what a thread does. What one that is there already says beside, such as a
 * summary, stays. Reading and writing are two calls: they are over before anything that follows is stored.
 */
export function createThreadStore(context: StoreContext): Store<ThreadSpan> {
  const calls = new InFlight({ maxCalls: 1_000, maxBytes: 16 * 1024 * 1024 }, () => undefined)
  const known = new Set<string>()
  const inOrder = createSingleStore({ ...context, calls }, storeThread, (file, isNew) => {
    if (isNew) file.count('segments')
  })
  return {
    add: async (entry) => {
      const { segmentId } = entry.model
      // Of two with one id the second looks at what the first has stored.
      if (known.has(segmentId)) {
        known.clear()
        await calls.settle()
      }
      known.add(segmentId)
      await inOrder.add(entry)
    },
    flush: async () => {
      known.clear()
      // Its messages and users are before it.
      await calls.settle()
    },
  }
}

/** @returns whether there was none */
async function storeThread(db: DatabaseManager, thread: ThreadSpan): Promise<boolean> {
  const segment = await db.getConversationSegment(thread.segmentId)
  if (segment === undefined) {
    await db.createConversationSegment({ ...thread, onConflict: 'update' })
    return true
  }
  const startTime = Math.min(segment.startTime.getTime(), parseTime(thread.startTime) ?? Infinity)
  const endTime = Math.max(segment.endTime.getTime(), parseTime(thread.endTime) ?? 0)
  if (startTime === segment.startTime.getTime() && endTime === segment.endTime.getTime()) return false
  const { messageCount: _, ...rest } = segment
  await db.createConversationSegment({ ...rest, startTime, endTime, onConflict: 'update' })
  return false
}
