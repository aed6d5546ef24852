import type {
  CallOptions,
  DatabaseManager,
  OperationOutcome,
  RequestOptions,
  Transaction,
} from '../../main/index.js'

/** What runs operations by their names: a database, or a transaction. */
interface Executes {
  execute(name: unknown, params: unknown, options?: CallOptions): Promise<unknown>
}

/** A read as a client asks for it, answered as JSON. */
export function readByName(db: DatabaseManager, name: unknown, params: unknown): Promise<Uint8Array>
export function readByName(
  db: { executeJson(name: unknown, params: unknown): Promise<Uint8Array> },
  name: unknown,
  params: unknown,
): Promise<Uint8Array> {
  return db.executeJson(name, params)
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
): Promise<unknown>
export function batchByName(
  db: { batch(operations: unknown, options: RequestOptions): Promise<unknown> },
  operations: unknown,
  idempotencyKey: string | undefined,
) {
  return db.batch(operations, { idempotencyKey })
}

export function executeEachByName(
  db: DatabaseManager,
  operations: unknown,
  idempotencyKey: string | undefined,
): Promise<readonly OperationOutcome<unknown>[]>
export function executeEachByName(
  db: {
    executeEach(operations: unknown, options: RequestOptions): Promise<readonly OperationOutcome<unknown>[]>
  },
  operations: unknown,
  idempotencyKey: string | undefined,
) {
  return db.executeEach(operations, { idempotencyKey })
}
