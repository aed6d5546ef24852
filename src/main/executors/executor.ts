import type { MessagePort } from 'node:worker_threads'
import type { ConvoDbError } from '../../protocol/errors.js'
import type { RunResult, SqlParams, SqlRow } from '../../protocol/lease.js'
import type { AnswerForm, ConnectionMode } from '../../protocol/messages.js'
import type { Lane } from '../../protocol/operation.js'
import type {
  OperationName,
  ReadOperationName,
  Result,
  WireParams,
  WireResult,
} from '../../protocol/operations.js'
import type { Packed } from '../../protocol/packed.js'
import type { OperationRequest } from '../../protocol/requests.js'
import type { CallOptions, ChannelOptions } from '../validation/call-options.js'
import type { Stepwise } from '../stepwise.js'
import type { ExecutorStats } from '../stats.js'

/** An operation's parameters or, where they are large, what packs them in steps. */
export type Prepared<N extends OperationName> = WireParams<N> | Stepwise<Packed>

/** How an answer becomes what the caller gets: at once, or in steps where it is large. */
export type DecodeAnswer<N extends OperationName> = (
  value: WireResult<N> | Packed,
) => Result<N> | Stepwise<Result<N>>

/** SQL on a leased connection, inside its one transaction. */
export interface LeasedConnection {
  /** All rows. Whole numbers come as `number` where exact, else as `bigint`. */
  all(sql: string, params?: SqlParams): Promise<SqlRow[]>
  /** The first row, or undefined. */
  get(sql: string, params?: SqlParams): Promise<SqlRow | undefined>
  /** Runs one statement that returns no rows. */
  run(sql: string, params?: SqlParams): Promise<RunResult>
  /** Runs any number of statements without parameters. */
  exec(sql: string): Promise<void>
}

/** A thread's connection while it is lent: for SQL of the borrower's, and for operations in the same transaction. */
export interface LentConnection {
  readonly sql: LeasedConnection
  execute<N extends OperationName>(name: N, params: Prepared<N>, decode: DecodeAnswer<N>): Promise<Result<N>>
}

/** How the answers of a request become what the caller gets. */
export type DecodeRequest = (answer: unknown) => readonly unknown[] | Stepwise<readonly unknown[]>

export interface LeaseOptions extends CallOptions {
  /** `'read'`: a snapshot on a reader of its own. `'write'`: the writer itself. Default `'read'`. */
  mode?: ConnectionMode | undefined
  /** How long the connection may be idle before it is rolled back, in milliseconds. Default: the database's option. */
  idleTimeoutMs?: number | undefined
}

export interface CloseOptions {
  /**
   * How long to wait for calls and leases that were accepted, in milliseconds; what is not answered by then gets `CLOSED`,
   * or `OUTCOME_UNKNOWN` where the writer has it. Default: the option `closeTimeoutMs`.
   */
  timeoutMs?: number | undefined
}

/** An answer's JSON in UTF-8, good until it is released: its memory may be used again. */
export interface LentJson {
  readonly bytes: Uint8Array
  release(): void
}

/** The file behind an executor, for whoever opens it beside its threads. */
export interface DatabaseFile {
  readonly path: string
  readonly busyTimeoutMs: number
  /** Where its writer tells of commits (`CommitSignal`). */
  readonly commits?: SharedArrayBuffer
}

/** Carries operations to where they run: embedded pool, another thread, HTTP. The facade knows nothing else. */
export interface Executor {
  readonly file: DatabaseFile
  /** False when what is behind it has ended by itself, as a port's database does. */
  readonly isOpen: boolean
  /** OVERLOADED when there is no room for one more call, said in less time than a call takes: throwing would double it. */
  refusal(lane: Lane): ConvoDbError | undefined
  /** `decode` turns the answer into the caller's form; done on the way it saves a promise a call. */
  execute<N extends OperationName>(
    name: N,
    params: Prepared<N>,
    options: CallOptions,
    decode: DecodeAnswer<N>,
  ): Promise<Result<N>>
  /** A read, answered as its result's JSON in UTF-8, which is the caller's own unless `form` says that it may be lent. */
  executeJson<N extends ReadOperationName>(
    name: N,
    params: Prepared<N>,
    form: AnswerForm,
    options: ChannelOptions,
  ): Promise<LentJson>
  /** Several operations in one transaction: all or none of a group, each of a bulk by itself. */
  executeRequest(
    request: OperationRequest | Stepwise<OperationRequest>,
    options: CallOptions,
    decode: DecodeRequest,
  ): Promise<readonly unknown[]>
  withConnection<Value>(
    work: (connection: LentConnection) => Promise<Value> | Value,
    options: LeaseOptions,
  ): Promise<Value>
  /** Resolves when the write queue is at most half full. */
  ready(): Promise<void>
  /** A port to the writer for another thread. @throws INVALID_ARGUMENT where there is none to give */
  createPort(): MessagePort
  stats(): Promise<ExecutorStats>
  close(options: CloseOptions): Promise<void>
}
