import { ConvoDbError, toJsonForm, type DatabaseManager, type OperationOutcome } from '../../main/index.js'
import { assertMay } from '../access/authenticate.js'
import type { Caller } from '../access/caller.js'
import { assertWithinChannels } from '../access/channel-rules.js'
import { outsideItsChannels } from '../access/outside-its-channels.js'
import { needsOf } from '../access/operation-needs.js'
import { toldTo } from '../access/told-errors.js'
import { alone } from './alone.js'
import { batchByName, executeEachByName } from './by-name.js'
import { callersKey } from './callers-key.js'
import { openCursor, sealCursor } from './own-cursors.js'
import {
  nameOf,
  readKey,
  type OperationsRequest,
  type Requested,
  type RequestedSeveral,
} from './read-request.js'
import type { ResponseBudget } from './response-budget.js'
import { isRead, isShared, runOperation, type Runner } from './run-operation.js'

interface RequestRunner extends Runner {
  readonly terse: boolean
  readonly budget: ResponseBudget
}

interface Single {
  readonly name: string
  readonly params: unknown
}

/** So many writes as stand side by side are one call of the database's. */
const isWrite = (requested: Requested): requested is Requested & Single =>
  requested.kind === 'one' && isShared(requested.name)

/**
 * Runs the operations of one request, each with an outcome of its own, as JSON. All are called in one turn, so that they keep their
 * order; writes that stand side by side go to the writer as one, and with a key they are done once however often they are asked for.
 */
export async function runRequest(
  runner: RequestRunner,
  { items, idempotencyKey }: Pick<OperationsRequest, 'items' | 'idempotencyKey'>,
): Promise<string[]> {
  const outcomes: Promise<readonly string[]>[] = []
  for (let start = 0; start < items.length;) {
    let end = start
    const keyOf = keyMaker(runner.caller, idempotencyKey, start)
    const writes: Single[] = []
    for (let item = items[end]; item !== undefined && isWrite(item); item = items[end]) {
      writes.push({ name: item.name, params: item.params })
      end += 1
    }
    if (writes.length > 0) {
      outcomes.push(runWrites(runner, writes, keyOf()))
    } else {
      const item = items[start]
      if (item !== undefined) outcomes.push(runOne(runner, item, keyOf).then((outcome) => [outcome]))
      end += 1
    }
    start = end
  }
  return (await Promise.all(outcomes)).flat()
}

/** That of one part of a request is not that of another. */
const keyMaker =
  (caller: Caller, requestKey: string | undefined, start: number) =>
  (ownKey: string | undefined = undefined): string | undefined => {
    if (ownKey !== undefined) return callersKey(caller, ownKey)
    return requestKey === undefined ? undefined : callersKey(caller, requestKey, start)
  }

async function runWrites(
  { db, metrics, caller, terse }: RequestRunner,
  writes: readonly Single[],
  idempotencyKey: string | undefined,
): Promise<readonly string[]> {
  const startedAtMs = performance.now()
  const refusals = writes.map((write) => refusalOf(caller, write))
  const allowed = writes
    .filter((_, index) => refusals[index] === undefined)
    .map(({ name, params }) => ({ name, params: openCursor(caller, name, params) }))
  try {
    const outcomes = allowed.length === 0 ? [] : await executeEachByName(db, allowed, idempotencyKey, caller)
    const durationMs = performance.now() - startedAtMs
    metrics.observeOperations(
      allowed.map(({ name }) => name),
      durationMs,
    )
    let next = 0
    return refusals.map((refusal) => {
      if (refusal !== undefined) return failure(caller, refusal)
      const name = nameOf(allowed[next])
      return toJson(caller, name, outcomes[next++], terse)
    })
  } catch (error) {
    const text = failure(caller, toOurs(error))
    return writes.map(() => text)
  }
}

function refusalOf(caller: Caller, { name, params }: Single): ConvoDbError | undefined {
  try {
    assertMayRun(caller, name, params)
    return undefined
  } catch (error) {
    return toOurs(error)
  }
}

/** @throws FORBIDDEN */
function assertMayRun(caller: Caller, name: string, params: unknown): void {
  assertMay(caller, needsOf(name))
  assertWithinChannels(caller, name, params)
}

/** Of the operation as if it had been called by itself: its place among others is the server's business. */
function toJson(
  caller: Caller,
  name: string,
  outcome: OperationOutcome<unknown> | undefined,
  terse: boolean,
): string {
  if (outcome?.ok === true && terse && isStored(outcome.value)) return `"${outcome.value.outcome}"`
  if (outcome?.ok === true) return success(sealCursor(caller, name, toJsonForm(outcome.value)))
  if (outcome === undefined)
    return failure(caller, new ConvoDbError('INTERNAL', 'The operation has no outcome'))
  return failure(caller, alone(outcome.error))
}

/** Only of a message that was stored. */
const isStored = (value: unknown): value is { readonly outcome: string } =>
  typeof value === 'object' && value !== null && 'outcome' in value

const failure = (caller: Caller, error: ConvoDbError): string =>
  `{"ok":false,"error":${JSON.stringify(toldTo(caller, error))}}`

const toOurs = (error: unknown): ConvoDbError =>
  error instanceof ConvoDbError ? error : new ConvoDbError('INTERNAL', String(error))

async function runOne(
  runner: RequestRunner,
  requested: Requested,
  keyOf: (ownKey?: string) => string | undefined,
): Promise<string> {
  const { db, caller } = runner
  try {
    if (requested.kind === 'refused') throw requested.error
    if (requested.kind !== 'one') {
      const several = await runSeveral(db, caller, requested, keyOf)
      runner.budget.spendTogether(several.length)
      return several
    }
    assertMay(caller, needsOf(requested.name))
    return await runOperation(runner, requested.name, requested.params, (json) => {
      runner.budget.spend(json.byteLength)
      return `{"ok":true,"value":${decoder.decode(json)}}`
    })
  } catch (error) {
    return failure(caller, toOurs(error))
  }
}

const decoder = new TextDecoder()

async function runSeveral(
  db: DatabaseManager,
  caller: Caller,
  { kind, operations: given, idempotencyKey }: RequestedSeveral,
  keyOf: (ownKey?: string) => string | undefined,
): Promise<string> {
  assertMayRunTogether(caller, given)
  const key = keyOf(readKey(idempotencyKey))
  const operations = given.map((operation) => withOwnCursor(caller, operation))
  const nameAt = (index: number): string => nameOf(given[index])
  if (kind === 'batch') {
    const values = await batchByName(db, operations, key, caller)
    return success(values.map((value, index) => sealCursor(caller, nameAt(index), toJsonForm(value))))
  }
  const outcomes = await executeEachByName(db, operations, key, caller)
  return success(
    outcomes.map((outcome, index) =>
      outcome.ok
        ? { ok: true, value: sealCursor(caller, nameAt(index), toJsonForm(outcome.value)) }
        : { ok: false, error: toldTo(caller, outcome.error) },
    ),
  )
}

/**
 * What several do they do on the writer, which keys that only read must not keep busy; and changes are looked for in several steps for a
 * key of certain channels.
 *
 * @throws FORBIDDEN
 */
function assertMayRunTogether(caller: Caller, given: readonly unknown[]): void {
  for (const operation of given) assertMayRun(caller, nameOf(operation), paramsOf(operation))
  const names = given.map(nameOf)
  if (names.length > 0 && names.every(isRead)) assertMay(caller, 'write')
  if (caller.held !== null && names.includes('listChanges')) throw outsideItsChannels()
}

const success = (value: unknown): string => `{"ok":true,"value":${JSON.stringify(value)}}`

const paramsOf = (operation: unknown): unknown => Reflect.get(Object(operation), 'params')

/** What is no operation stays as it is, and is refused where all are looked at. */
function withOwnCursor(caller: Caller, operation: unknown): unknown {
  const params = paramsOf(operation)
  const opened = openCursor(caller, nameOf(operation), params)
  return opened === params ? operation : { ...Object(operation), params: opened }
}
