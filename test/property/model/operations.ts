import type { DatabaseManager, Params } from 'convodb'
import type { WriteOperationName } from '../../../src/protocol/operations.js'

/** A write as the model and the database both get it; the union over all names, told apart by `name`. */
export type Write<N extends WriteOperationName = WriteOperationName> = {
  [Name in N]: { readonly name: Name; readonly params: Params<Name> }
}[N]

/** Binds a name to its own parameters, as `operationMessage` does. */
export function write<N extends WriteOperationName>(name: N, params: Params<N>): Write
export function write(name: string, params: unknown): unknown {
  return { name, params }
}

export const call = <N extends WriteOperationName>(
  db: DatabaseManager,
  { name, params }: Write<N>,
): Promise<unknown> => db.execute(name, params)

/** Ids are made as `~id`; with a run's own prefix all runs share one database and never meet. */
export const withPrefix = (writes: readonly Write[], prefix: string): Write[] =>
  JSON.parse(JSON.stringify(writes).replaceAll('"~', `"${prefix}`))
