import { MessageChannel, type MessagePort, type Transferable } from 'node:worker_threads'
import { wrap, type Remote } from 'comlink'
import { ConvoDbError } from '../../../protocol/errors.js'
import type { LeaseCalls } from '../../../protocol/lease.js'
import type { LeaseTask, Outcome } from '../../../protocol/messages.js'
import type { CallOptions } from '../../call-options.js'
import type { LeasedConnection } from '../executor.js'
import { PendingRejections } from './pending-rejections.js'

/** Hands the lease to a thread; resolves when the lease is over. */
export type RunLease = (task: LeaseTask, transferList: Transferable[]) => Promise<Outcome<void>>

/**
 * Runs `work` with one worker's connection: commits when it resolves, rolls back when it throws. The worker is free
 * again when this settles, however it does.
 */
export async function runLease<Value>(
  runTask: RunLease,
  work: (connection: LeasedConnection) => Promise<Value> | Value,
  { idleTimeoutMs, signal, timeoutMs }: CallOptions & { readonly idleTimeoutMs: number },
): Promise<Value> {
  const { port1: port, port2 } = new MessageChannel()
  const pending = new PendingRejections()
  const ended = watchTask(runTask({ kind: 'lease', port: port2, idleTimeoutMs }, [port2]), pending)
  const stopWatching = watchCaller(pending, { signal, timeoutMs })
  const calls = wrap<LeaseCalls>(port)
  try {
    return await transact(calls, pending, work)
  } finally {
    stopWatching()
    pending.end(new ConvoDbError('LEASE_EXPIRED', 'The leased connection was given back when its work ended'))
    port.close()
    await ended
    keepAlive(calls, port)
  }
}

async function transact<Value>(
  calls: Remote<LeaseCalls>,
  pending: PendingRejections,
  work: (connection: LeasedConnection) => Promise<Value> | Value,
): Promise<Value> {
  await answer(pending, calls.begin())
  try {
    const value = await pending.guard(Promise.resolve(work(toConnection(calls, pending))))
    await answer(pending, calls.finish('commit'))
    return value
  } catch (error) {
    // Where the lease itself ended there is nobody left to ask; the worker has rolled back.
    if (pending.reason === undefined)
      await answer(pending, calls.finish('rollback')).catch(() => 'rolled back at close')
    throw error
  }
}

function toConnection(calls: Remote<LeaseCalls>, pending: PendingRejections): LeasedConnection {
  return Object.freeze<LeasedConnection>({
    all: (sql, params = []) => answer(pending, calls.all(sql, params)),
    get: (sql, params = []) => answer(pending, calls.get(sql, params)),
    run: (sql, params = []) => answer(pending, calls.run(sql, params)),
    exec: (sql) => answer(pending, calls.exec(sql)),
  })
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
    const message = `The thread of the leased connection was lost: ${error instanceof Error ? error.message : String(error)}`
    pending.end(new ConvoDbError('WORKER_LOST', message))
  }
}

function watchCaller(pending: PendingRejections, { signal, timeoutMs }: CallOptions): () => void {
  const onAbort = (): void =>
    pending.end(new ConvoDbError('ABORTED', 'The lease was aborted by its signal; it was rolled back'))
  if (signal?.aborted === true) onAbort()
  signal?.addEventListener('abort', onAbort, { once: true })
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          pending.end(
            new ConvoDbError('TIMEOUT', `The lease took longer than ${timeoutMs} ms; it was rolled back`),
          )
        }, timeoutMs)
  return () => {
    signal?.removeEventListener('abort', onAbort)
    clearTimeout(timer)
  }
}

/** A Comlink proxy that is collected closes its port under the calls it made; so hold both to the end. */
function keepAlive(..._held: readonly [Remote<LeaseCalls>, MessagePort]): void {}
