import type { MessagePort } from 'node:worker_threads'
import type { ErrorData } from './errors.js'
import type { OperationName, WireParams, WireResult } from './operations.js'
import type { Packed } from './packed.js'

/** What crosses between the main thread and the workers. */

/** An operation on its way to a worker; the union over all names, told apart by `name`. */
export type OperationMessage<N extends OperationName = OperationName> = PlainOperation<N> | PackedOperation

export type PlainOperation<N extends OperationName = OperationName> = {
  [Name in N]: { readonly name: Name; readonly params: WireParams<Name> } & ReadManner
}[N]

/** How a read is carried out that comes by itself. */
interface ReadManner {
  readonly form?: AnswerForm
  /** Where a lent answer is written, if it fits; its length is the answer then. */
  readonly room?: Uint8Array<SharedArrayBuffer>
  /** What belongs to other channels is as if it were not there; requests say so for all of their operations. */
  readonly withinChannels?: readonly string[] | undefined
}

/** How a read is answered: in wire form unless it says the result's JSON in UTF-8, which nobody decodes any more. */
export type AnswerForm = 'json' | 'lent json'

/** One whose parameters are large. */
export interface PackedOperation extends ReadManner {
  readonly name: Exclude<OperationName, 'checkpoint'>
  readonly packed: Packed
}

/** Binds a name to its own parameters. The compiler loses that bond in a union; the first signature restores it. */
export function operationMessage<N extends OperationName>(name: N, params: WireParams<N>): PlainOperation
export function operationMessage(name: OperationName, params: WireParams<OperationName>) {
  return { name, params }
}

/** As `operationMessage`; nothing in a checkpoint's parameters is large. */
export function packedOperation(name: OperationName, packed: Packed): PackedOperation {
  if (name === 'checkpoint') throw new TypeError('A checkpoint is never packed')
  return { name, packed }
}

/** The same operation, to be answered in JSON, within some channels or all. */
export const askingForJson = (
  operation: OperationMessage,
  form: AnswerForm,
  withinChannels: readonly string[] | undefined,
): OperationMessage => ({ ...operation, form, withinChannels })

/** How one operation ended. Errors travel as data: a thrown error loses its message or its code on the way. */
export type Outcome<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: ErrorData }

export type AnyResult = WireResult<OperationName> | Packed | Uint8Array
export type AnyOutcome = Outcome<AnyResult>

type Durability = 'full' | 'normal'
export type ConnectionMode = 'read' | 'write'

/** Which file it is, whatever its name: one file has one device and one inode (https://www.man7.org/linux/man-pages/man7/inode.7.html). */
export interface FileIdentity {
  readonly device: bigint
  readonly inode: bigint
}

/** What a worker needs to open its connection; handed over as `workerData`. */
export interface ConnectionSettings {
  /** Which file the path stands for (`KnownFile`), where it has a writer. */
  readonly knownFile?: SharedArrayBuffer
  /** Where a pool's threads say that they have loaded native code (`LoadedThreads`). */
  readonly loadedThreads?: SharedArrayBuffer
  readonly path: string
  readonly create: boolean
  readonly readOnly: boolean
  readonly durability: Durability
  readonly busyTimeoutMs: number
  readonly cacheSizeKib: number
  readonly walAutocheckpointPages: number
  /** Where the writer tells of its commits (`CommitSignal`). */
  readonly commits?: SharedArrayBuffer
  /** Whether readers compare every row with its checksum. */
  readonly verifyReads?: boolean
  /** Whether messages can be searched by their words: whether those are indexed. */
  readonly search?: boolean
  /** Whether what is replaced is kept, from now on; undefined: as the file says. */
  readonly keepHistory?: boolean
}

/**
 * A meeting point for a task that must run once on every thread of a pool: each holds its thread until all have come.
 * One Int32: how many have arrived.
 */
export interface Barrier {
  readonly arrived: Int32Array
  readonly expected: number
  /** How long to hold a thread for others that do not come, since they are lost or busy. */
  readonly patienceMs: number
}

export interface CheckpointNews {
  readonly kind: 'checkpointed'
  readonly walFrames: number
  readonly checkpointedFrames: number
  readonly durationMs: number
}

/** As `workerData`: the link to its writer, which ends the checkpointer when it closes. */
export interface CheckpointerSettings extends ConnectionSettings {
  readonly link: MessagePort
}

/** What the checkpointer's link carries to it. */
export type CheckpointerRequest = 'checkpoint' | 'close'

/** What it carries back. After a failure the link closes. */
export type CheckpointerAnswer = CheckpointNews | { readonly kind: 'failed'; readonly error: ErrorData }

/** What the writer asks of the main thread: a checkpointer at the other end of this link. */
export interface CheckpointerWanted {
  readonly kind: 'checkpointerWanted'
  readonly link: MessagePort
}

/** What the writer tells the main thread unasked. */
export type WriterNews =
  | CheckpointNews
  | { readonly kind: 'reopening' }
  /** So many transactions were acknowledged before a crash and are not in the file. */
  | { readonly kind: 'lostCommits'; readonly commits: number }
  /** A checkpoint failed: the log grows until the database is opened anew. */
  | { readonly kind: 'logHeld' }
  /** Files of the database that other users may open. */
  | { readonly kind: 'wideModes'; readonly warnings: readonly string[] }

/** What a thread with a port does as its database does, where it was not told otherwise. */
export interface PortLimits {
  readonly maxQueuedOperations: number
  readonly maxQueuedBytes: number
  readonly maxBatchOperations: number
  readonly maxBatchBytes: number
  readonly leaseIdleTimeoutMs: number
  readonly readTimeoutMs: number
  readonly closeTimeoutMs: number
}

/**
 * What the main thread sends through a port it gave away: a link to the writer, and a new one when that was replaced; and, before
 * the database closes, that the file is to be let go of.
 */
export type PortMessage =
  | {
      readonly kind: 'link'
      readonly settings: ConnectionSettings
      readonly limits: PortLimits
      readonly link: MessagePort
      readonly answers: SharedArrayBuffer
    }
  | { readonly kind: 'letGo' }

/** What comes back through it: that the other thread may open the file from now on, and that it has it open no more. */
export type PortAnswer = 'connected' | 'letGo'
