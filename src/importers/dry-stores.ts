import type { CountedKind } from './import-counts.js'
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
    thread: dry('segments'),
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
