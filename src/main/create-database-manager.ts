import { ConvoDbError } from '../protocol/errors.js'
import type { Backend } from './backend.js'
import { createCalls } from './calls/calls.js'
import { createTransaction } from './calls/transaction.js'
import { userCalls } from './calls/users.js'
import type { CloseOptions } from './executors/executor.js'
import type { SubscribeOptions } from './subscriptions/options.js'
import { checkCloseOptions, checkLeaseOptions } from './validation/call-options.js'
import { checkWork } from './validation/check.js'
import type { DatabaseManager } from './database-manager.js'

/** The facade over whatever its calls come down to. */
export function createDatabaseManager<Metadata extends object, Profile extends object>(
  backend: Backend<Metadata, Profile>,
): DatabaseManager<Metadata, Profile> {
  const { execute, executeOurs } = backend
  let closing: Promise<unknown> | undefined
  let isClosed = false
  const closeAll = async (options: CloseOptions): Promise<void> => {
    closing = backend.close(checkCloseOptions(options)).finally(() => (isClosed = true))
    await closing
  }
  const close = async (options: CloseOptions = {}): Promise<void> => {
    if (closing === undefined) return closeAll(options)
    await closing
  }
  return {
    ...createCalls(execute),
    path: backend.path,
    get status() {
      if (isClosed || !backend.isOpen) return 'closed'
      return closing === undefined ? 'open' : 'closing'
    },
    users: userCalls(execute),
    execute,
    executeJson: backend.executeJson,
    lendJson: backend.lendJson,
    withConnection: async (work, options = {}) => {
      checkWork(work)
      return backend.lend(({ sql }) => work(sql), checkLeaseOptions(options))
    },
    transaction: async (work, options = {}) => {
      checkWork(work)
      const given = checkLeaseOptions(options)
      const mode = given.mode ?? 'write'
      return backend.lend((loan) => work(createTransaction(loan)), { ...given, mode })
    },
    batch: backend.batch,
    executeEach: backend.executeEach,
    subscribe: (options) => backend.subscribe(options),
    ready: () => backend.ready(),
    createPort: () => {
      if (closing !== undefined) throw new ConvoDbError('CLOSED', 'The database is closed')
      return backend.createPort()
    },
    stats: async (options) => {
      const rows = await executeOurs('countRows', {}, options)
      return { rows, subscribers: backend.subscribers(), ...(await backend.stats()) }
    },
    checkpoint: (params = {}, options) => executeOurs('checkpoint', params, options),
    // What few programs call is loaded when it is called.
    applyRetention: async (retention, options) => {
      const { applyRetention } = await import('./retention.js')
      return applyRetention(executeOurs, retention, options)
    },
    segmentChannel: async (segmenting, options) => {
      const { segmentChannel } = await import('./segmenting/segment-channel.js')
      const database = {
        execute: executeOurs,
        subscribe: (followed: SubscribeOptions) => backend.subscribe(followed),
        ready: () => backend.ready(),
      }
      return segmentChannel(database, segmenting, options)
    },
    async *pendingEmbeddings(pending, options) {
      const { pendingEmbeddings } = await import('./pending/pending-embeddings.js')
      const database = {
        execute: executeOurs,
        subscribe: (followed: SubscribeOptions) => backend.subscribe(followed),
        ready: () => backend.ready(),
      }
      return yield* pendingEmbeddings(database, pending, options)
    },
    verify: async (options = {}) => backend.verify(options),
    backup: async (path, options = {}) => backend.backup(path, options),
    optimize: (options) => executeOurs('optimize', {}, options),
    close,
    [Symbol.asyncDispose]: () => close(),
  }
}
