import { ConvoDbError } from '../../main/index.js'
import type { Sequence } from './request-order.js'
import { checkIdempotencyKey } from '../../main/validation/idempotency-key.js'

/** Several operations that travel as one. */
export interface RequestedSeveral {
  readonly kind: 'batch' | 'each'
  readonly operations: readonly unknown[]
  /** Of its own; otherwise it has that of the request. */
  readonly idempotencyKey: unknown
}

/** One operation of a request, several that are one, or what is neither. */
export type Requested =
  | { readonly kind: 'one'; readonly name: string; readonly params: unknown }
  | RequestedSeveral
  | { readonly kind: 'refused'; readonly error: ConvoDbError }

export interface OperationsRequest {
  readonly idempotencyKey: string | undefined
  readonly sequence: Sequence | undefined
  /** Whether a stored message is answered by its outcome alone, and `"inserted"` says that all were: its client knows the ids. */
  readonly terse: boolean
  readonly items: readonly Requested[]
}

const maxOperations = 1_000

/**
 * @param keyInHead as every other door takes it.
 * @throws INVALID_ARGUMENT when it is no request at all, or has two keys
 */
export function readRequest(body: unknown, keyInHead: unknown): OperationsRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw wrong('the body', 'must be a JSON object')
  }
  const { operations, idempotencyKey, sequence, terse, ...rest }: Fields = { ...body }
  refuseUnknown(rest, 'operations, idempotencyKey, sequence and terse')
  if (idempotencyKey !== undefined && keyInHead !== undefined)
    throw wrong('idempotencyKey', 'is in the head; leave it out elsewhere')
  if (terse !== undefined && typeof terse !== 'boolean') throw wrong('terse', 'must be true or false')
  if (!Array.isArray(operations)) throw wrong('operations', 'must be a list')
  if (operations.length > maxOperations) throw wrong('operations', `must have at most ${maxOperations} items`)
  return {
    idempotencyKey: readKey(idempotencyKey ?? keyInHead),
    sequence: readSequence(sequence),
    terse: terse === true,
    items: operations.map(toRequested),
  }
}

/** @throws INVALID_ARGUMENT */
export const readKey = (key: unknown): string | undefined =>
  key === undefined ? undefined : checkIdempotencyKey(key)

function readSequence(given: unknown): Sequence | undefined {
  if (given === undefined) return undefined
  const { client, number, oldest, ...rest } = Object(given)
  refuseUnknown(rest, 'client, number and oldest')
  const isWhole = Number.isSafeInteger(number) && Number.isSafeInteger(oldest)
  if (typeof client === 'string' && client.length <= 64 && isWhole && oldest >= 1 && number >= oldest) {
    return { client, number, oldest }
  }
  throw wrong('sequence', 'must have a client, a number, and the oldest number without an answer')
}

function toRequested(given: unknown): Requested {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return { kind: 'refused', error: wrong('operation', 'must be an object') }
  }
  try {
    return readRequested({ ...given })
  } catch (error) {
    if (error instanceof ConvoDbError) return { kind: 'refused', error }
    throw error
  }
}

/** @throws INVALID_ARGUMENT: what was dropped would be taken for done */
function readRequested(given: Fields): Requested {
  const kind = given['batch'] === undefined ? 'each' : 'batch'
  if (given[kind] === undefined) {
    const { name, params, ...rest } = given
    refuseUnknown(rest, 'name and params')
    return { kind: 'one', name: nameOf({ name }), params }
  }
  const { [kind]: operations, idempotencyKey, ...rest } = given
  refuseUnknown(rest, `${kind} and idempotencyKey`)
  if (!Array.isArray(operations)) throw wrong(kind, 'must be a list')
  return { kind, operations, idempotencyKey }
}

type Fields = Readonly<Record<string, unknown>>

/** @throws INVALID_ARGUMENT */
function refuseUnknown(rest: object, known: string): void {
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) throw wrong(unknown.slice(0, 200), `is not a known field; there are ${known}`)
}

/** The name of an operation, which may be none. */
export function nameOf(operation: unknown): string {
  const name: unknown = Reflect.get(Object(operation), 'name')
  return typeof name === 'string' ? name : ''
}

const wrong = (field: string, expectation: string): ConvoDbError =>
  new ConvoDbError('INVALID_ARGUMENT', `${field} ${expectation}`, { field })
