import { constants } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import type { DatabaseManager } from './database-manager.js'
import type { CloseOptions } from './executors/executor.js'
import { defaultCloseTimeoutMs } from './options.js'
import { checkCloseOnSignalsOptions } from './validation/call-options.js'

const signals = ['SIGINT', 'SIGTERM'] as const
type Signal = (typeof signals)[number]

/** Closes one database; says on stderr where that fails. */
type Close = () => Promise<void>

export interface CloseOnSignalsOptions extends CloseOptions {
  /**
   * What has to end before the database is closed, such as a server's requests. It is waited for as long as `timeoutMs` says; a
   * failure is told of by a warning, and the database is closed all the same.
   */
  before?: () => unknown
}

/** One for each call. All share a handler for each signal, which knows whether a signal has come before. */
const registered = new Set<Close>()
let isStopping = false

/**
 * Closes a database in good order when the process is told to stop, and then lets the signal end it: what was accepted is
 * answered and the log checkpointed, within `timeoutMs`. A second signal ends the process at once, however soon it comes;
 * nothing acknowledged is lost by that either. Called for several databases, it ends the process when all of them are closed.
 *
 * A handler of the program's own for the same signal is called once, too. It does not keep the process: what has to be done
 * after the databases are closed needs a handler that calls `close` itself, in place of this function.
 *
 * @param options `timeoutMs`, as for `close`; default the database's `closeTimeoutMs` (10,000). `before`: work to wait for first, for
 *   as long again.
 * @returns what takes it back; closing the database by yourself does not.
 * @throws INVALID_ARGUMENT
 * @example
 * const db = await openDatabase('chat.db')
 * closeOnSignals(db, { before: () => new Promise((resolve) => server.close(resolve)) })
 */
export function closeOnSignals(
  db: Pick<DatabaseManager, 'close'>,
  options: CloseOnSignalsOptions = {},
): () => void {
  checkCloseOnSignalsOptions(options)
  const { before, ...closeOptions } = options
  const close: Close = async () => {
    if (before !== undefined) await waitFor(before, closeOptions.timeoutMs ?? defaultCloseTimeoutMs)
    await db.close(closeOptions).catch((error: unknown) => {
      process.emitWarning(`The database was not closed in good order: ${String(error)}`)
    })
  }
  if (registered.size === 0) for (const signal of signals) process.on(signal, stop)
  registered.add(close)
  return () => {
    // The handlers stay while a signal is being heeded: the next one must find them.
    if (!registered.delete(close) || registered.size > 0 || isStopping) return
    for (const signal of signals) process.off(signal, stop)
  }
}

async function waitFor(before: () => unknown, timeoutMs: number): Promise<void> {
  const late = Symbol('late')
  try {
    const first = await Promise.race([before(), delay(timeoutMs, late)])
    if (first === late)
      process.emitWarning(`What should end before the database took longer than ${timeoutMs} ms`)
  } catch (error) {
    process.emitWarning(`What should end before the database failed: ${String(error)}`)
  }
}

function stop(signal: Signal): void {
  if (isStopping) end(signal)
  isStopping = true
  // In a turn of its own, so that a warning is printed first.
  void Promise.all([...registered].map((close) => close())).then(() => setImmediate(() => end(signal)))
}

/**
 * Lets the system's own handler end the process, whatever still runs in a thread. Other handlers had the signal already: a
 * second call of theirs would be one too many, and would keep the process.
 */
function end(signal: Signal): never {
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
  // The first process of a container is not ended by a signal that it does not handle.
  process.exit(128 + constants.signals[signal])
}
