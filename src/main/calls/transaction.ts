import type { JsonObject } from '../../protocol/models.js'
import type { LeasedConnection } from '../executors/executor.js'
import type { Loan } from '../backend.js'
import { createCalls, type Calls } from './calls.js'
import type { Execute } from './execute.js'

/**
 * What `transaction` hands to its work: the named calls of a database, and SQL as `withConnection` has it. All of it is one
 * transaction, in which each sees what those before it did.
 */
export interface Transaction<Metadata extends object = JsonObject, Profile extends object = JsonObject>
  extends Calls<Metadata, Profile>, LeasedConnection {
  /** Runs an operation by its name in the registry, as that of a database does. */
  readonly execute: Execute<Metadata, Profile>
}

export const createTransaction = <Metadata extends object, Profile extends object>({
  sql,
  execute,
}: Loan<Metadata, Profile>): Transaction<Metadata, Profile> =>
  Object.freeze({ ...createCalls(execute), ...sql, execute })
