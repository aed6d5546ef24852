import { toJsonForm, type DatabaseManager } from '../../main/index.js'
import { isOperationName, operations } from '../../protocol/operations.js'
import type { Metrics } from '../metrics.js'
import { alone } from './alone.js'
import { executeByName, executeEachByName, readByName } from './by-name.js'

/** Whether it is a write that shares the writer's transactions. */
export const isShared = (name: string): boolean =>
  isOperationName(name) && operations[name].lane === 'write' && operations[name].transaction === 'shared'

/** Runs an operation and gives its result as JSON in UTF-8: of a read as its thread wrote it, so that no object is made of it here. */
export async function runOperation(
  db: DatabaseManager,
  metrics: Metrics,
  name: string,
  params: unknown,
): Promise<Uint8Array> {
  const startedAtMs = performance.now()
  const isRead = isOperationName(name) && operations[name].lane === 'read'
  const json = isRead ? await readByName(db, name, params) : toBytes(await executeByName(db, name, params))
  metrics.observeOperation(name, performance.now() - startedAtMs)
  return json
}

/** As `runOperation`; a write that was done with this key before is not done again, and gets the answer that it had then. */
export async function runOnce(
  db: DatabaseManager,
  metrics: Metrics,
  name: string,
  params: unknown,
  idempotencyKey: string,
): Promise<Uint8Array> {
  if (!isShared(name)) return runOperation(db, metrics, name, params)
  const startedAtMs = performance.now()
  const [outcome] = await executeEachByName(db, [{ name, params }], idempotencyKey)
  metrics.observeOperation(name, performance.now() - startedAtMs)
  if (outcome?.ok === false) throw alone(outcome.error)
  return toBytes(outcome?.value)
}

const toBytes = (result: unknown): Uint8Array => Buffer.from(JSON.stringify(toJsonForm(result)))
