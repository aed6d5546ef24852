import type { DatabaseManager, Params } from 'convodb'
import type { historyOperations } from '../../../src/protocol/operations/history.js'
import type { transferOperations } from '../../../src/protocol/operations/transfer.js'
import type { WriteOperationName } from '../../../src/protocol/operations.js'

/**
 * Writes that the model knows; those of an import are compared by what it makes (test/cli/transfer.test.ts), steps of segmenting by
 * what one run from the start makes (test/property/segmenting.test.ts), and leases by what is pending (test/property/pending.test.ts), and what is kept
 * beside messages by what was done to them (test/property/history.test.ts).
 */
export type ModelledName = Exclude<
  WriteOperationName,
  | keyof typeof transferOperations
  | keyof typeof historyOperations
  | 'applySegmentingStep'
  | 'leaseEmbeddings'
  | 'releaseEmbeddings'
>

/** A write as the model and the database both get it; the union over all names, told apart by `name`. */
export type Write<N extends ModelledName = ModelledName> = {
  [Name in N]: { readonly name: Name; readonly params: Params<Name> }
}[N]

/** Binds a name to its own parameters, as `operationMessage` does. */
export function write<N extends ModelledName>(name: N, params: Params<N>): Write
export function write(name: string, params: unknown): unknown {
  return { name, params }
}

export const call = <N extends ModelledName>(
  db: Pick<DatabaseManager, 'execute'>,
  { name, params }: Write<N>,
): Promise<unknown> => db.execute(name, params)

/** Ids are made as `~id`; with a run's own prefix all runs share one database and never meet. */
export const withPrefix = (writes: readonly Write[], prefix: string): Write[] =>
  JSON.parse(JSON.stringify(writes).replaceAll('"~', `"${prefix}`))
