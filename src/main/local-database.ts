import type { JsonObject } from '../protocol/models.js'
import type { Backend } from './backend.js'
import { startCopy } from './copy-file.js'
import { createBatch } from './calls/batch.js'
import { createExecuteEach } from './calls/execute-each.js'
import { createExecute, createExecuteJson, createLendJson } from './calls/execute.js'
import { executeWithin } from './calls/execute-within.js'
import { createDatabaseManager } from './create-database-manager.js'
import type { DatabaseManager } from './database-manager.js'
import type { Executor } from './executors/executor.js'
import { FileJobs } from './file-jobs.js'
import { realPath } from './real-path.js'
import { createSubscriptions } from './subscriptions/subscribe.js'
import { checkFilePath } from './validation/check.js'
import { startVerification } from './verify-file.js'

/** A database whose file is on this machine, over an executor whose threads read and write it. */
export const createLocalDatabase = <Metadata extends object, Profile extends object>(
  executor: Executor,
): DatabaseManager<Metadata, Profile> => createDatabaseManager(localBackend<Metadata, Profile>(executor))

function localBackend<Metadata extends object, Profile extends object>(
  executor: Executor,
): Backend<Metadata, Profile> {
  const fileJobs = new FileJobs()
  const executeOurs = createExecute<JsonObject, JsonObject>(executor)
  const subscriptions = createSubscriptions<Metadata>({
    list: (params) => executeOurs('listChanges', params),
    commits: executor.file.commits,
  })
  return {
    path: executor.file.path,
    get isOpen() {
      return executor.isOpen
    },
    execute: createExecute<Metadata, Profile>(executor),
    executeOurs,
    executeJson: createExecuteJson(executor),
    lendJson: createLendJson(executor),
    batch: createBatch<Metadata, Profile>(executor),
    executeEach: createExecuteEach<Metadata, Profile>(executor),
    lend: (work, options) =>
      executor.withConnection(
        ({ sql, execute }) => work({ sql, execute: executeWithin<Metadata, Profile>(execute) }),
        options,
      ),
    subscribe: (options) => subscriptions.subscribe(options),
    subscribers: () => subscriptions.size,
    ready: () => executor.ready(),
    createPort: () => executor.createPort(),
    stats: () => executor.stats(),
    verify: async (options) => fileJobs.run(() => startVerification(executor.file, options)),
    async backup(path, options) {
      checkFilePath(path, 'path')
      const to = await realPath(path)
      return fileJobs.run(() => startCopy(executor.file, to, options))
    },
    async close(options) {
      subscriptions.close()
      await Promise.all([executor.close(options), fileJobs.close()])
    },
  }
}
