import type { CallOptions, DatabaseManager, Transaction } from '../main/index.js'

/** What runs operations by their names: a database, or a transaction. */
interface Executes {
  execute(name: unknown, params: unknown, options?: CallOptions): Promise<unknown>
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
