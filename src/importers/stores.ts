import type { DatabaseManager, NewMessage } from '../main/index.js'
import type { CountedKind } from './import-counts.js'
import type { ImportRun } from './import-run.js'
import { InFlight } from './in-flight.js'
import type { NewSegment } from './models.js'
import type { Kind, Models } from './records.js'
import { createThreadStore } from './thread-store.js'
import {
  createJointStore,
  createSingleStore,
  type OpenDatabase,
  type Store,
  type StoreContext,
} from './store.js'

const limits = { maxCalls: 4_000, maxBytes: 16 * 1024 * 1024 }

/** How a message's line was stored, as it is counted. One is ignored when its user was forgotten, and for no other reason. */
const countedAs = {
  inserted: 'messagesInserted',
  updated: 'messagesUpdated',
} as const

/** How each kind of line is put into the database. */
export interface Stores {
  readonly of: { readonly [K in Kind]: Store<Models[K]> }
  /** Resolves when all that was flushed is in or refused. @throws what ended the import */
  settle(): Promise<void>
}

export function createStores(open: OpenDatabase, run: ImportRun): Stores {
  const calls = new InFlight(limits, () => run.stop())
  const context: StoreContext = { open, calls }
  const single = <Model>(
    put: (db: DatabaseManager, model: Model) => Promise<unknown>,
    counted?: CountedKind,
  ): Store<Model> =>
    createSingleStore(context, put, (file) => {
      if (counted !== undefined) file.count(counted)
    })
  return {
    of: {
      forgotten: createJointStore(
        context,
        (db, users: readonly Models['forgotten'][]) => db.execute('importForgottenUsers', { users }),
        (file) => file.count('forgottenUsers'),
      ),
      model: single((db, model) => db.execute('importModels', { models: [model] })),
      channel: single((db, channel) => db.upsertChannel(channel), 'channels'),
      user: single((db, user) => db.users.upsertUser(user), 'users'),
      message: createSingleStore(
        context,
        (db, message: NewMessage) => db.storeMessage(message),
        (file, { outcome }, { messageId }) => {
          if (outcome === 'ignored') file.ignore(messageId)
          else file.count(countedAs[outcome])
        },
      ),
      version: single(
        (db, version) => db.execute('importMessageVersions', { versions: [version] }),
        'versions',
      ),
      reaction: single(
        (db, reaction) => db.execute('importReactions', { reactions: [reaction] }),
        'reactions',
      ),
      activity: single((db, user) => db.execute('importUserActivity', { users: [user] })),
      profile: single((db, profile) => db.users.updateProfile(profile), 'profiles'),
      segment: single(storeSegment, 'segments'),
      thread: createThreadStore(context),
      members: single((db, members) => db.addMessagesToSegment(members)),
      embedding: single((db, embedding) => db.storeEmbeddings([embedding]), 'embeddings'),
    },
    settle: () => calls.settle(),
  }
}

/** All calls are made at once, so that no other line's comes between them. */
async function storeSegment(db: DatabaseManager, { segment, furtherMembers }: NewSegment): Promise<void> {
  const first =
    'messages' in segment ? db.createSegmentWithMessages(segment) : db.createConversationSegment(segment)
  await Promise.all([first, ...furtherMembers.map((members) => db.addMessagesToSegment(members))])
}
