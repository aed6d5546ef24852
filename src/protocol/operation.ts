import type { ParamsSchema } from './fields.js'
import type { ResultSchema } from './results.js'

/** Where an operation runs: on any reader thread, or on the writer thread. */
export type Lane = 'read' | 'write'

/** Who may call it where not everybody may do everything: `admin` may do what `write` may, and that what `read` may. */
type Access = 'read' | 'write' | 'admin'

/**
 * Which transaction an operation of the writer runs in: one shared with its neighbours in the queue, or none at all
 * (SQLite refuses a checkpoint inside a transaction).
 */
type TransactionUse = 'shared' | 'none'

/** All there is to know of an operation but its SQL. */
export interface OperationSpec<L extends Lane, Indexed extends boolean, Params, Result> {
  readonly lane: L
  readonly access: Access
  readonly transaction: TransactionUse
  /**
   * Whether unindexed messages are indexed first: it reads or sets counters, places or search entries by itself. Triggers see to all
   * other writes, and readers add what is not indexed yet.
   */
  readonly afterIndexing: Indexed
  readonly params: ParamsSchema<Params>
  readonly result: ResultSchema<Result>
}

interface Described<Params, Result> {
  readonly access?: Access
  readonly params: ParamsSchema<Params>
  readonly result: ResultSchema<Result>
}

interface DescribedWrite<Params, Result> extends Described<Params, Result> {
  readonly transaction?: TransactionUse
}

export const read = <Params, Result>(
  described: Described<Params, Result>,
): OperationSpec<'read', false, Params, Result> => ({
  lane: 'read',
  access: 'read',
  transaction: 'shared',
  afterIndexing: false,
  ...described,
})

export const write = <Params, Result>(
  described: DescribedWrite<Params, Result>,
): OperationSpec<'write', false, Params, Result> => ({
  lane: 'write',
  access: 'write',
  transaction: 'shared',
  afterIndexing: false,
  ...described,
})

export const writeAfterIndexing = <Params, Result>(
  described: DescribedWrite<Params, Result>,
): OperationSpec<'write', true, Params, Result> => ({ ...write(described), afterIndexing: true })
