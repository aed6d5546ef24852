import { toJsonForm, type DatabaseManager } from '../../main/index.js'
import { isOperationName, operations } from '../../protocol/operations.js'
import type { Caller } from '../access/caller.js'
import { assertWithinChannels } from '../access/channel-rules.js'
import type { Metrics } from '../metrics.js'
import { alone } from './alone.js'
import { executeByName, executeEachByName, readByName } from './by-name.js'
import { openCursor, sealCursorInJson } from './own-cursors.js'

/** What operations are run on, and for whom. */
export interface Runner {
  readonly db: DatabaseManager
  readonly metrics: Metrics
  readonly caller: Caller
}

/** Whether it is a write that shares the writer's transactions. */
export const isShared = (name: string): boolean =>
  isOperationName(name) && operations[name].lane === 'write' && operations[name].transaction === 'shared'

const isRead = (name: string): boolean => isOperationName(name) && operations[name].lane === 'read'

/**
 * Runs an operation and gives its result as JSON in UTF-8: of a read as its thread wrote it, so that no object is made of it here. A
 * write that was done with this key before is not done again, and gets the answer that it had then.
 *
 * @throws FORBIDDEN where the caller is for certain channels, and this is not within them
 */
export async function runOperation(
  runner: Runner,
  name: string,
  params: unknown,
  idempotencyKey?: string,
): Promise<Uint8Array> {
  assertWithinChannels(runner.caller, name, params)
  const startedAtMs = performance.now()
  const json = await run(runner, name, params, idempotencyKey)
  runner.metrics.observeOperation(name, performance.now() - startedAtMs)
  return json
}

async function run(
  { db, caller }: Runner,
  name: string,
  params: unknown,
  idempotencyKey: string | undefined,
): Promise<Uint8Array> {
  if (isRead(name)) {
    return sealCursorInJson(
      caller,
      name,
      await readByName(db, name, openCursor(caller, name, params), caller),
    )
  }
  // A request of its own is what the database repeats by its key, and what it holds to channels.
  const needsRequest = idempotencyKey !== undefined || caller.held !== null
  if (!needsRequest || !isShared(name)) return toBytes(await executeByName(db, name, params))
  const [outcome] = await executeEachByName(db, [{ name, params }], idempotencyKey, caller)
  if (outcome?.ok === false) throw alone(outcome.error)
  return toBytes(outcome?.value)
}

const toBytes = (result: unknown): Uint8Array => Buffer.from(JSON.stringify(toJsonForm(result)))
