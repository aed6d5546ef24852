import type { CountedKind } from './import-counts.js'
import type { ThreadSpan } from './records.js'
import type { Store } from './store.js'
import type { Stores } from './stores.js'

/** Stores that store nothing, and count what would be: as inserted, for nobody knows what is there already. */
export const createDryStores = (): Stores => ({
  of: {
    forgotten: dry('forgottenUsers'),
    model: dry(),
    channel: dry('channels'),
    user: dry('users'),
    message: dry('messagesInserted'),
    version: dry('versions'),
    reaction: dry('reactions'),
    activity: dry(),
    profile: dry('profiles'),
    segment: dry('segments'),
    thread: dryThreads(),
    members: dry(),
    embedding: dry('embeddings'),
  },
  settle: () => Promise.resolve(),
})

const dry = (counted?: CountedKind): Store<unknown> => ({
  add: async ({ file }) => {
    if (counted !== undefined) file.count(counted)
  },
  flush: () => Promise.resolve(),
})

/** So many threads are remembered, those that were told of last. */
const maxRemembered = 100_000

/** A thread is told of again when it has grown, and is one segment all the same. */
function dryThreads(): Store<ThreadSpan> {
  const known = new Set<string>()
  return {
    add: async ({ file, model: { segmentId } }) => {
      if (!known.delete(segmentId)) file.count('segments')
      known.add(segmentId)
      if (known.size <= maxRemembered) return
      for (const oldest of known) {
        known.delete(oldest)
        return
      }
    },
    flush: () => Promise.resolve(),
  }
}
