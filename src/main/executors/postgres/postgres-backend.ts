import { ConvoDbError } from '../../../protocol/errors.js'
import type { JsonObject } from '../../../protocol/models.js'
import type { Backend } from '../../backend.js'
import { createBatch } from '../../calls/batch.js'
import { createExecuteEach } from '../../calls/execute-each.js'
import { createExecute, createExecuteJson, createLendJson } from '../../calls/execute.js'
import { executeWithin } from '../../calls/execute-within.js'
import type { ListChanges } from '../../subscriptions/patient-list.js'
import { createSubscriptions } from '../../subscriptions/subscribe.js'
import type { PostgresExecutor } from './postgres-executor.js'

/** A database on a PostgreSQL server. */
export function postgresBackend<Metadata extends object, Profile extends object>(
  executor: PostgresExecutor,
): Backend<Metadata, Profile> {
  const executeOurs = createExecute<JsonObject, JsonObject>(executor)
  const list: ListChanges = (params) => executeOurs('listChanges', params)
  const subscriptions = createSubscriptions<Metadata>({
    list,
    commits: executor.file.commits,
    listInTurn: (params) => executor.inTurn(() => list(params)),
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
    verify: (options) => executor.verify(options),
    backup: () => Promise.reject(missing('backup', 'pg_dump makes one')),
    async close(options) {
      subscriptions.close()
      await executor.close(options)
    },
  }
}

const missing = (call: string, instead: string): ConvoDbError =>
  new ConvoDbError('UNSUPPORTED', `${call} does not exist on PostgreSQL yet; ${instead}`)
