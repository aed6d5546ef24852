import { availableParallelism } from 'node:os'
import { readBoolean, readChoice, readInteger } from './reading/kinds.js'
import { readOptions } from './reading/read-fields.js'
import { option, readCount, readMilliseconds } from './validation/option-readers.js'

const readThreads = readInteger(1, 256)

const ofOpening = [
  option('readers', readThreads),
  option('leaseReaders', readThreads),
  option('create', readBoolean),
  option('durability', readChoice(['full', 'normal'])),
  option('busyTimeoutMs', readMilliseconds),
  option('cacheSizeKib', readCount),
  option('walAutocheckpointPages', readCount),
  option('maxQueuedOperations', readCount),
  option('maxQueuedBytes', readCount),
  option('maxBatchOperations', readCount),
  option('maxBatchBytes', readCount),
  option('leaseIdleTimeoutMs', readCount),
  option('readOnly', readBoolean),
  option('readTimeoutMs', readCount),
  option('closeTimeoutMs', readMilliseconds),
  option('scrubRowsPerSecond', readInteger(0, 1_000_000)),
  option('verifyReads', readBoolean),
  option('search', readBoolean),
  option('keepHistory', readBoolean),
]

/** Options of {@link openDatabase}. */
export interface OpenOptions {
  /** Reader threads, each with a connection of its own. Default: cores - 1, at least 2, so that a slow read stops no other. */
  readers?: number | undefined
  /** Threads for `withConnection(..., { mode: 'read' })`, started with the first such call. Default 1. */
  leaseReaders?: number | undefined
  /** Create the file and its folder when missing; otherwise `NOT_FOUND`. Default true. */
  create?: boolean | undefined
  /**
   * `'full'`: an acknowledged write survives power loss. `'normal'`: it survives a crash of the process, and power loss
   * may take the last commits; the file stays consistent. Default `'full'`.
   */
  durability?: 'full' | 'normal' | undefined
  /**
   * How long to wait for another process that writes to the same file, in milliseconds. Calls behind one that has waited so
   * long in vain wait only a little. Default 5,000.
   */
  busyTimeoutMs?: number | undefined
  /** Page cache of each connection, in KiB. Default 65,536. */
  cacheSizeKib?: number | undefined
  /** Pages (of 4 KiB) in the write-ahead log from which a thread copies it into the file. Default 4,000. */
  walAutocheckpointPages?: number | undefined
  /** Operations that may wait in each lane; the next is refused with `OVERLOADED`. Default 100,000. */
  maxQueuedOperations?: number | undefined
  /** Bytes of parameters that may wait in each lane, estimated. Default 134,217,728. */
  maxQueuedBytes?: number | undefined
  /** Operations in one transaction at most. Default 5,000. */
  maxBatchOperations?: number | undefined
  /** Bytes of parameters in one transaction at most; a larger operation runs alone. Default 4,194,304. */
  maxBatchBytes?: number | undefined
  /** How long a leased connection may be idle before it is rolled back, in milliseconds. Default 10,000. */
  leaseIdleTimeoutMs?: number | undefined
  /**
   * Only reads, beside another process that may be writing: writes are refused with `READ_ONLY`. The file must be there, in a
   * folder that this user may write to, since SQLite puts files beside it, and of this version's schema (`OLDER_SCHEMA`). Default false: this process becomes the file's one owner, or is refused with
   * `LOCKED`.
   */
  readOnly?: boolean | undefined
  /** How long a read may keep a thread before the thread is replaced; tried twice, then `TIMEOUT`. Default 60,000 ms. */
  readTimeoutMs?: number | undefined
  /** How long `close` waits for what was accepted, in milliseconds. Default 10,000. */
  closeTimeoutMs?: number | undefined
  /**
   * Rows a second that idle readers compare with their checksums, from first to last and an hour later again; what is
   * damaged is in `stats().scrub`, a process warning and the diagnostics channel `damage`. 0: none. Default 2,000.
   */
  scrubRowsPerSecond?: number | undefined
  /**
   * Compare every row with its checksum as it is read, in threads with a port too; a call that meets a damaged row is refused
   * with `CORRUPT`, whose details name the row. Not what SQL of a `withConnection` reads. Makes pages of messages dearer
   * (docs/performance.md). Default false: a damaged row is served until the walk of `scrubRowsPerSecond` finds it.
   */
  verifyReads?: boolean | undefined
  /**
   * Index the words of messages, for `searchMessages` (docs/recall.md). False leaves what is indexed as it is and adds nothing, and
   * searches are refused with `SEARCH_OFF`; when it is true again, what is missing is indexed in slices while all goes on. Default true.
   */
  search?: boolean | undefined
  /**
   * Keep the texts that edits replace, for `getMessageHistory`, and reactions that are taken back, for `getReactions`. The file remembers it:
   * what others do to it later is kept, too, until it is opened with false, which leaves what was kept. Default: as the file says; a new one keeps nothing.
   */
  keepHistory?: boolean | undefined
}

export type ResolvedOptions = {
  readonly [Name in Exclude<keyof OpenOptions, 'keepHistory'>]-?: NonNullable<OpenOptions[Name]>
} & { readonly keepHistory?: boolean }

/** Also of what is done to files that are not open. */
export const defaultBusyTimeoutMs = 5_000
export const defaultCloseTimeoutMs = 10_000

function readOpenOptions(given: OpenOptions): OpenOptions
function readOpenOptions(given: unknown): unknown {
  return readOptions(ofOpening, given)
}

/** Fills in the defaults. @throws INVALID_ARGUMENT naming the option */
export function resolveOptions(options: OpenOptions): ResolvedOptions {
  const given = readOpenOptions(options)
  return {
    readers: given.readers ?? Math.max(2, availableParallelism() - 1),
    leaseReaders: given.leaseReaders ?? 1,
    create: given.create ?? true,
    durability: given.durability ?? 'full',
    busyTimeoutMs: given.busyTimeoutMs ?? defaultBusyTimeoutMs,
    cacheSizeKib: given.cacheSizeKib ?? 65_536,
    walAutocheckpointPages: given.walAutocheckpointPages ?? 4_000,
    maxQueuedOperations: given.maxQueuedOperations ?? 100_000,
    maxQueuedBytes: given.maxQueuedBytes ?? 128 * 1024 * 1024,
    maxBatchOperations: given.maxBatchOperations ?? 5_000,
    maxBatchBytes: given.maxBatchBytes ?? 4 * 1024 * 1024,
    leaseIdleTimeoutMs: given.leaseIdleTimeoutMs ?? 10_000,
    readOnly: given.readOnly ?? false,
    readTimeoutMs: given.readTimeoutMs ?? 60_000,
    closeTimeoutMs: given.closeTimeoutMs ?? defaultCloseTimeoutMs,
    scrubRowsPerSecond: given.scrubRowsPerSecond ?? 2_000,
    verifyReads: given.verifyReads ?? false,
    search: given.search ?? true,
    ...(given.keepHistory !== undefined && { keepHistory: given.keepHistory }),
  }
}
