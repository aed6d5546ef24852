import { toJsonForm, type DatabaseManager } from '../main/index.js'
import { isOperationName, operations } from '../protocol/operations.js'
import { executeByName, readByName } from './execute-by-name.js'
import type { Metrics } from './metrics.js'

/** Runs an operation and gives its result as JSON in UTF-8: of a read as its thread wrote it, so that no object is made of it here. */
export async function runOperation(
  db: DatabaseManager,
  metrics: Metrics,
  name: string,
  params: unknown,
): Promise<Uint8Array> {
  const startedAtMs = performance.now()
  const isRead = isOperationName(name) && operations[name].lane === 'read'
  const json = isRead
    ? await readByName(db, name, params)
    : Buffer.from(JSON.stringify(toJsonForm(await executeByName(db, name, params))))
  metrics.observeOperation(name, performance.now() - startedAtMs)
  return json
}
