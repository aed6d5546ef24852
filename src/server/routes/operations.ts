import type { FastifyInstance } from 'fastify'
import { ConvoDbError, toJsonForm, type DatabaseManager } from '../../main/index.js'
import { assertMay, callerOf } from '../access/authenticate.js'
import type { Caller } from '../access/caller.js'
import { needsOf } from '../access/operation-needs.js'
import type { Metrics } from '../metrics.js'
import { executeByName } from '../execute-by-name.js'
import { outcomeJson } from '../outcome-json.js'

const maxOperations = 1_000

/** One operation of a request; or a batch, which is all or none. */
type Requested = { readonly name: string; readonly params: unknown } | { readonly batch: readonly unknown[] }

/** `POST /v1/operations`: many operations in one request, each with an outcome of its own, in order. For clients of ours. */
export function operationRoutes(app: FastifyInstance, db: DatabaseManager, metrics: Metrics): void {
  app.post('/v1/operations', { config: { needs: 'any key' } }, async (request, reply) => {
    const caller = callerOf(request)
    // All are called in one turn, so that they keep their order and share a commit.
    const outcomes = await Promise.all(
      readRequest(request.body).map((given) =>
        outcomeJson(() => run(db, metrics, caller, toRequested(given))),
      ),
    )
    return reply.type('application/json; charset=utf-8').send(`{"outcomes":[${outcomes.join(',')}]}`)
  })
}

async function run(
  db: DatabaseManager,
  metrics: Metrics,
  caller: Caller,
  requested: Requested,
): Promise<unknown> {
  if ('batch' in requested) {
    for (const operation of requested.batch) assertMay(caller, needsOf(nameOf(operation)))
    return toJsonForm(await runBatch(db, requested.batch))
  }
  assertMay(caller, needsOf(requested.name))
  const startedAtMs = performance.now()
  const result = await executeByName(db, requested.name, requested.params)
  metrics.observeOperation(requested.name, performance.now() - startedAtMs)
  return toJsonForm(result)
}

function runBatch(db: DatabaseManager, operations: unknown): Promise<unknown>
function runBatch(db: { batch(operations: unknown): Promise<unknown> }, operations: unknown) {
  return db.batch(operations)
}

function readRequest(body: unknown): readonly unknown[] {
  const { operations, idempotencyKey: _, ...rest } = Object(body)
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) throw wrong(unknown.slice(0, 200), 'is not a known field; there is operations')
  if (!Array.isArray(operations)) throw wrong('operations', 'must be a list')
  if (operations.length > maxOperations) throw wrong('operations', `must have at most ${maxOperations} items`)
  return operations
}

function toRequested(given: unknown): Requested
function toRequested(given: unknown): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw wrong('operation', 'must be an object')
  if ('batch' in given && Array.isArray(given.batch)) return { batch: given.batch }
  const { name, params, ...rest } = Object(given)
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined)
    throw wrong(unknown.slice(0, 200), 'is not a known field; there are name and params')
  return { name: nameOf({ name }), params }
}

const nameOf = (operation: unknown): string => {
  const name: unknown = Reflect.get(Object(operation), 'name')
  return typeof name === 'string' ? name : ''
}

const wrong = (field: string, expectation: string): ConvoDbError =>
  new ConvoDbError('INVALID_ARGUMENT', `${field} ${expectation}`, { field })
