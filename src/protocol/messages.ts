import type { MessagePort } from 'node:worker_threads'
import type { BatchItem } from './batch.js'
import type { ErrorData } from './errors.js'
import type { OperationName, WireParams, WireResult } from './operations.js'

/** What crosses between the main thread and the workers. */

/** An operation on its way to a worker; the union over all names, told apart by `name`. */
export type OperationMessage<N extends OperationName = OperationName> = {
  [Name in N]: { readonly name: Name; readonly params: WireParams<Name> }
}[N]

/** Binds a name to its own parameters. The compiler loses that bond in a union; the first signature restores it. */
export function operationMessage<N extends OperationName>(name: N, params: WireParams<N>): OperationMessage
export function operationMessage(name: OperationName, params: WireParams<OperationName>) {
  return { name, params }
}

/** How one operation ended. Errors travel as data: a thrown error loses its message or its code on the way. */
export type Outcome<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: ErrorData }

export type AnyOutcome = Outcome<WireResult<OperationName>>

type Durability = 'full' | 'normal'
export type ConnectionMode = 'read' | 'write'

/** What a worker needs to open its connection; handed over as `workerData`. */
export interface ConnectionSettings {
  readonly path: string
  readonly create: boolean
  readonly durability: Durability
  readonly busyTimeoutMs: number
  readonly cacheSizeKib: number
  readonly walAutocheckpointPages: number
}

/**
 * A meeting point for a task that must run once on every thread of a pool: each holds its thread until all have come.
 * One Int32: how many have arrived.
 */
export interface Barrier {
  readonly arrived: Int32Array
  readonly expected: number
}

/** A connection lent out; calls arrive on `port`. */
export interface LeaseTask {
  readonly kind: 'lease'
  readonly port: MessagePort
  readonly idleTimeoutMs: number
}

export type ReaderTask =
  | { readonly kind: 'open'; readonly barrier: Barrier }
  | { readonly kind: 'operations'; readonly operations: readonly OperationMessage[] }
  | LeaseTask
  | { readonly kind: 'close'; readonly barrier: Barrier }

/** Brings recent messages into their places and the counters, for a borrower that reads the tables itself. */
interface MergeTask {
  readonly kind: 'merge'
}

/** What a port may ask of the writer. */
export type PortTask =
  | { readonly kind: 'batch'; readonly items: readonly BatchItem[] }
  | { readonly kind: 'alone'; readonly operation: OperationMessage }
  | MergeTask
  | LeaseTask

export interface PortRequest {
  readonly id: number
  readonly task: PortTask
}

/** The writer's first message says what the thread needs for a reading connection of its own; the rest are answers. */
export type PortMessage =
  | { readonly kind: 'settings'; readonly settings: ConnectionSettings }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: unknown }

/** Answers reads in the thread that loaded it. */
export interface LocalReader {
  run(task: ReaderTask): Outcome<void> | Promise<Outcome<void>> | AnyOutcome[]
  close(): void
}

export type WriterTask =
  /** Ports that arrive on `newPorts` are other threads'; the pool's own queue would keep them waiting for the main thread. */
  | { readonly kind: 'open'; readonly newPorts: MessagePort }
  | { readonly kind: 'batch'; readonly items: readonly BatchItem[] }
  | { readonly kind: 'alone'; readonly operation: OperationMessage }
  | MergeTask
  | LeaseTask
  | { readonly kind: 'close' }
