import { toJsonForm, type DatabaseManager } from '../../main/index.js'
import { isOperationName, operations } from '../../protocol/operations.js'
import type { Caller } from '../access/caller.js'
import { assertWithinChannels } from '../access/channel-rules.js'
import type { Metrics } from '../metrics.js'
import { alone } from './alone.js'
import { executeByName, executeEachByName, readByName } from './by-name.js'
import { listHeldChanges } from './held-changes.js'
import { openCursor, sealCursor, sealCursorInJson } from './own-cursors.js'

/** What operations are run on, and for whom. */
export interface Runner {
  readonly db: DatabaseManager
  readonly metrics: Metrics
  readonly caller: Caller
}

/** Whether it is a write that shares the writer's transactions. */
export const isShared = (name: string): boolean =>
  isOperationName(name) && operations[name].lane === 'write' && operations[name].transaction === 'shared'

export const isRead = (name: string): boolean => isOperationName(name) && operations[name].lane === 'read'

/**
 * Runs an operation and gives `use` its result as JSON in UTF-8: of a read as its thread wrote it, so that no object is made of it
 * here. That is lent: it is good until what `use` returns settles. A write that was done with this key before is not done again,
 * and gets the answer that it had then.
 *
 * @throws FORBIDDEN where the caller is for certain channels, and this is not within them
 */
export async function runOperation<Value>(
  runner: Runner,
  name: string,
  params: unknown,
  use: (json: Uint8Array) => Promise<Value> | Value,
  idempotencyKey?: string,
): Promise<Value> {
  const { db, metrics, caller } = runner
  assertWithinChannels(caller, name, params)
  const startedAtMs = performance.now()
  const done = (json: Uint8Array): Promise<Value> | Value => {
    metrics.observeOperation(name, performance.now() - startedAtMs)
    return use(json)
  }
  if (name === 'listChanges' && caller.held !== null)
    return done(await listHeldChanges(db, caller, caller.held, params))
  const opened = openCursor(caller, name, params)
  if (!isRead(name)) return done(await write(runner, name, opened, idempotencyKey))
  return readByName(db, name, opened, (json) => done(sealCursorInJson(caller, name, json)), caller)
}

async function write(
  { db, caller }: Runner,
  name: string,
  params: unknown,
  idempotencyKey: string | undefined,
): Promise<Uint8Array> {
  // A request of its own is what the database repeats by its key, and what it holds to channels.
  const needsRequest = idempotencyKey !== undefined || caller.held !== null
  const told = (result: unknown): Uint8Array => toBytes(sealCursor(caller, name, result))
  if (!needsRequest || !isShared(name)) return told(await executeByName(db, name, params))
  const [outcome] = await executeEachByName(db, [{ name, params }], idempotencyKey, caller)
  if (outcome?.ok === false) throw alone(outcome.error)
  return told(outcome?.value)
}

const toBytes = (result: unknown): Uint8Array => Buffer.from(JSON.stringify(toJsonForm(result)))
