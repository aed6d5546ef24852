import type {
  CallOptions,
  ChannelOptions,
  DatabaseManager,
  OperationOutcome,
  RequestOptions,
  Transaction,
} from '../../main/index.js'
import type { Caller } from '../access/caller.js'

/** What the database is held to, for a key of certain channels. */
const channelsOf = ({ held }: Caller): readonly string[] | undefined =>
  held ? [...held.channels] : undefined

/** What runs operations by their names: a database, or a transaction. */
interface Executes {
  execute(name: unknown, params: unknown, options?: CallOptions): Promise<unknown>
}

type Use<Value> = (json: Uint8Array) => Promise<Value> | Value

/** A read as a client asks for it; its JSON is lent to `use`. */
export function readByName<Value>(
  db: DatabaseManager,
  name: unknown,
  params: unknown,
  use: Use<Value>,
  caller: Caller,
): Promise<Value>
export function readByName<Value>(
  db: {
    lendJson(name: unknown, params: unknown, use: Use<Value>, options: ChannelOptions): Promise<Value>
  },
  name: unknown,
  params: unknown,
  use: Use<Value>,
  caller: Caller,
): Promise<Value> {
  return db.lendJson(name, params, use, { withinChannels: channelsOf(caller) })
}

/** An operation as a client asks for it: its name and parameters are checked there like what anybody gives. */
export function executeByName(
  db: DatabaseManager | Transaction,
  name: unknown,
  params: unknown,
): Promise<unknown>
export function executeByName(db: Executes, name: unknown, params: unknown): Promise<unknown> {
  return db.execute(name, params)
}

/** Several operations as a client asks for them. */
export function batchByName(
  db: DatabaseManager,
  operations: unknown,
  idempotencyKey: string | undefined,
  caller: Caller,
): Promise<readonly unknown[]>
export function batchByName(
  db: { batch(operations: unknown, options: RequestOptions): Promise<readonly unknown[]> },
  operations: unknown,
  idempotencyKey: string | undefined,
  caller: Caller,
) {
  return db.batch(operations, { idempotencyKey, withinChannels: channelsOf(caller) })
}

export function executeEachByName(
  db: DatabaseManager,
  operations: unknown,
  idempotencyKey: string | undefined,
  caller: Caller,
): Promise<readonly OperationOutcome<unknown>[]>
export function executeEachByName(
  db: {
    executeEach(operations: unknown, options: RequestOptions): Promise<readonly OperationOutcome<unknown>[]>
  },
  operations: unknown,
  idempotencyKey: string | undefined,
  caller: Caller,
) {
  return db.executeEach(operations, { idempotencyKey, withinChannels: channelsOf(caller) })
}
