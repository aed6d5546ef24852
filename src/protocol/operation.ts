import type { TSchema } from 'typebox'

/** Where an operation runs: on any reader thread, or on the writer thread. */
export type Lane = 'read' | 'write'

/**
 * Which transaction an operation of the writer runs in: one shared with its neighbours in the queue, or none at all
 * (SQLite refuses a checkpoint inside a transaction).
 */
export type TransactionUse = 'shared' | 'none'

export interface OperationSpec<L extends Lane, Params extends TSchema, Result> {
  readonly lane: L
  readonly transaction: TransactionUse
  readonly params: Params
  /** Carries the result's type; never called. */
  readonly result: () => Result
}

/** Marks a result's type in the registry. */
export function returns<Result>(): () => Result {
  return () => {
    throw new TypeError('A result marker carries a type and is never called')
  }
}

export const read = <Params extends TSchema, Result>(
  params: Params,
  result: () => Result,
): OperationSpec<'read', Params, Result> => ({ lane: 'read', transaction: 'shared', params, result })

export const write = <Params extends TSchema, Result>(
  params: Params,
  result: () => Result,
  transaction: TransactionUse = 'shared',
): OperationSpec<'write', Params, Result> => ({ lane: 'write', transaction, params, result })
