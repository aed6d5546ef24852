import { MessageChannel, type MessagePort, type Transferable } from 'node:worker_threads'
import { wrap, type Remote } from 'comlink'
import { ConvoDbError } from '../../../protocol/errors.js'
import type { LeaseCalls, SqlParams } from '../../../protocol/lease.js'
import { operationMessage, type Outcome } from '../../../protocol/messages.js'
import type { Fate, LeaseTask } from '../../../protocol/tasks.js'
import type { OperationName, Result } from '../../../protocol/operations.js'
import type { CallOptions } from '../../validation/call-options.js'
import { doInTurns, Stepwise } from '../../stepwise.js'
import type { DecodeAnswer, LeasedConnection, LentConnection, Prepared } from '../executor.js'
import { onAbort } from '../lanes/call.js'
import { assertFitsQueue } from '../lanes/assert-fits-queue.js'
import { estimateBytes, packLater } from '../lanes/large-call.js'
import { checkStatement, explainClone } from './check-statement.js'
import { PendingRejections } from './pending-rejections.js'
import { settledWithin } from '../lanes/time.js'

/** Hands the lease to a thread; resolves when the lease is over. */
export type RunLease = (task: LeaseTask, transferList: Transferable[]) => Promise<Outcome<void>>

export interface LeaseTerms extends CallOptions {
  readonly idleTimeoutMs: number
  /** What is left of `timeoutMs` now. */
  readonly restMs: number | undefined
  /** What one operation may weigh. */
  readonly maxCallBytes: number
  /** The number under which the writer records the commit; nothing is recorded of reading. */
  readonly batch?: number
  /** Asks whether a commit was recorded, when the thread was lost meanwhile. Undefined: nobody knows. */
  readonly askFate?: () => Promise<Fate | undefined>
}

export interface Lease<Value> {
  /** What `work` returned. */
  readonly result: Promise<Value>
  /** Resolves when the thread is free again: later than `result` only where native code goes on after a deadline. */
  readonly over: Promise<void>
  /** Ends it at once, rolled back; its result rejects with the reason. */
  end(reason: ConvoDbError): void
}

/** How long the result waits for the thread to be free; SQL that is still running keeps only the thread from then on. */
const patienceMs = 1_000

/** Runs `work` with one worker's connection: commits when it resolves, rolls back when it throws. */
export function startLease<Value>(
  runTask: RunLease,
  work: (connection: LentConnection) => Promise<Value> | Value,
  terms: LeaseTerms,
): Lease<Value> {
  const { idleTimeoutMs, batch = 0 } = terms
  const { port1: port, port2 } = new MessageChannel()
  const pending = new PendingRejections()
  const over = watchTask(runTask({ kind: 'lease', port: port2, idleTimeoutMs, batch }, [port2]), pending)
  const stopWatching = watchCaller(pending, terms)
  const calls = wrap<LeaseCalls>(port)
  // One that waits for a thread has none to give back.
  let hasBegun = false
  const giveBack = async (): Promise<void> => {
    stopWatching()
    pending.end(new ConvoDbError('LEASE_EXPIRED', 'The leased connection was given back when its work ended'))
    port.close()
    if (hasBegun) await settledWithin(patienceMs, over)
    keepAlive(calls, port)
  }
  const begin = async (): Promise<void> => {
    await answer(pending, calls.begin())
    hasBegun = true
  }
  const result = transact(begin, calls, pending, work, terms).finally(giveBack)
  return { result, over, end: (reason) => pending.end(reason) }
}

async function transact<Value>(
  begin: () => Promise<void>,
  calls: Remote<LeaseCalls>,
  pending: PendingRejections,
  work: (connection: LentConnection) => Promise<Value> | Value,
  terms: LeaseTerms,
): Promise<Value> {
  await begin()
  let value: Value
  try {
    value = await pending.guard(
      Promise.resolve(
        work({ sql: toConnection(calls, pending), execute: toExecute(calls, pending, terms.maxCallBytes) }),
      ),
    )
  } catch (error) {
    // Where the lease itself ended there is nobody left to ask; the worker has rolled back.
    if (pending.reason === undefined)
      await answer(pending, calls.finish('rollback')).catch(() => 'rolled back at close')
    throw error
  }
  await commit(calls, pending, terms)
  return value
}

/** A lease that ends while it commits may have been committed; where the file can tell, it is asked. */
async function commit(
  calls: Remote<LeaseCalls>,
  pending: PendingRejections,
  { askFate }: LeaseTerms,
): Promise<void> {
  try {
    await answer(pending, calls.finish('commit'))
  } catch (error) {
    if (askFate === undefined || pending.reason === undefined || !(error instanceof ConvoDbError)) throw error
    // Its writer is going, too, and nobody is there to be asked.
    if (error.code === 'CLOSED') throw unknownFate(error)
    if (error.code !== 'WORKER_LOST') {
      throw new ConvoDbError(error.code, `${error.message}, unless it was being committed`, {
        maybeCommitted: true,
      })
    }
    const fate = await askFate()
    if (fate === undefined) throw unknownFate(error)
    if (fate === 'notCommitted') throw error
  }
}

const unknownFate = (cause: ConvoDbError): ConvoDbError =>
  new ConvoDbError(
    'OUTCOME_UNKNOWN',
    'The leased connection was lost while it committed: whether it did is unknown',
    {},
    { cause },
  )

function toConnection(calls: Remote<LeaseCalls>, pending: PendingRejections): LeasedConnection {
  const ask = async <Value>(
    call: (sql: string, params: SqlParams) => Promise<Outcome<Value>>,
    sql: string,
    params: SqlParams = [],
  ): Promise<Value> => {
    checkStatement(sql, params)
    return answer(
      pending,
      call(sql, params).catch((error: unknown) => {
        throw explainClone(error)
      }),
    )
  }
  return Object.freeze<LeasedConnection>({
    all: (sql, params) => ask(calls.all, sql, params),
    get: (sql, params) => ask(calls.get, sql, params),
    run: (sql, params) => ask(calls.run, sql, params),
    exec: (sql) => ask(calls.exec, sql),
  })
}

/** What an operation answers is known by its name, as in the lanes. */
function toExecute(
  calls: Remote<LeaseCalls>,
  pending: PendingRejections,
  maxCallBytes: number,
): LentConnection['execute'] {
  return execute

  function execute<N extends OperationName>(
    name: N,
    params: Prepared<N>,
    decode: DecodeAnswer<N>,
  ): Promise<Result<N>>
  async function execute(
    name: OperationName,
    params: Prepared<OperationName>,
    decode: (value: unknown) => unknown,
  ): Promise<unknown> {
    const check = (): void => {
      if (pending.reason !== undefined) throw pending.reason
      if (params instanceof Stepwise) assertFitsQueue(params.bytesSoFar(), maxCallBytes)
    }
    const message =
      params instanceof Stepwise
        ? await doInTurns(packLater(name, params).steps, check)
        : operationMessage(name, params)
    assertFitsQueue(estimateBytes(message), maxCallBytes)
    const decoded = decode(await answer(pending, calls.operation(message)))
    return decoded instanceof Stepwise ? doInTurns(decoded.steps, check) : decoded
  }
}

async function answer<Value>(pending: PendingRejections, call: Promise<Outcome<Value>>): Promise<Value> {
  const outcome = await pending.guard(call)
  if (!outcome.ok) throw ConvoDbError.from(outcome.error)
  return outcome.value
}

/** Ends the lease's calls when the worker ends the lease: idle for too long, or lost. */
async function watchTask(task: Promise<Outcome<void>>, pending: PendingRejections): Promise<void> {
  try {
    const outcome = await task
    if (!outcome.ok) pending.end(ConvoDbError.from(outcome.error))
  } catch (error) {
    pending.end(error instanceof ConvoDbError ? error : lostThread(error))
  }
}

/** What had not committed is rolled back with its connection. */
const lostThread = (cause: unknown): ConvoDbError =>
  new ConvoDbError(
    'WORKER_LOST',
    'The thread of the leased connection was lost, and what it had done is rolled back',
    {},
    { cause },
  )

function watchCaller(pending: PendingRejections, { signal, timeoutMs, restMs }: LeaseTerms): () => void {
  const abort = (): void =>
    pending.end(new ConvoDbError('ABORTED', 'The lease was aborted by its signal; it was rolled back'))
  if (signal?.aborted === true) abort()
  const stopListening = signal && onAbort(signal, abort)
  const timer =
    restMs === undefined
      ? undefined
      : setTimeout(() => {
          pending.end(
            new ConvoDbError('TIMEOUT', `The lease took longer than ${timeoutMs} ms; it was rolled back`),
          )
        }, restMs)
  return () => {
    stopListening?.()
    clearTimeout(timer)
  }
}

/** A Comlink proxy that is collected closes its port under the calls it made; so hold both to the end. */
function keepAlive(..._held: readonly [Remote<LeaseCalls>, MessagePort]): void {}
