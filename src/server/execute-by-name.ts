import type { CallOptions, DatabaseManager, Transaction } from '../main/index.js'

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
