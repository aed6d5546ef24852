import type { AnyResult, OperationMessage, Outcome } from './messages.js'

/** A value SQLite stores. Whole numbers travel as JS numbers where exact, else as bigint. */
export type SqlValue = string | number | bigint | Uint8Array | null

export type SqlRow = { readonly [column: string]: SqlValue }

/** Positional parameters, or named ones without their prefix. */
export type SqlParams = readonly SqlValue[] | { readonly [name: string]: SqlValue }

export interface RunResult {
  readonly changes: number
  readonly lastInsertRowid: number | bigint
}

/** What a leased worker answers over its port. */
export interface LeaseCalls {
  begin(): Outcome<void>
  all(sql: string, params: SqlParams): Outcome<SqlRow[]>
  get(sql: string, params: SqlParams): Outcome<SqlRow | undefined>
  run(sql: string, params: SqlParams): Outcome<RunResult>
  exec(sql: string): Outcome<void>
  operation(message: OperationMessage): Outcome<AnyResult>
  finish(how: 'commit' | 'rollback'): Outcome<void>
}
