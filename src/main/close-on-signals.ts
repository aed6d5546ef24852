import type { DatabaseManager } from './database-manager.js'
import type { CloseOptions } from './executors/executor.js'

const signals = ['SIGINT', 'SIGTERM'] as const

/** Databases that a signal has closing; the last one lets it end the process. */
const closings = new Set<Promise<void>>()

/**
 * Closes a database in good order when the process is told to stop, and then lets the signal end it: what was accepted is
 * answered and the log checkpointed, within `timeoutMs`. A second signal ends the process at once; nothing acknowledged is
 * lost by that either. Called for several databases, it ends the process when all of them are closed.
 *
 * @param options `timeoutMs`, as for `close`; default the database's `closeTimeoutMs` (10,000).
 * @returns what takes the handlers away again; closing the database by yourself does not.
 * @example
 * const db = await openDatabase('chat.db')
 * closeOnSignals(db)
 */
export function closeOnSignals(db: Pick<DatabaseManager, 'close'>, options: CloseOptions = {}): () => void {
  const stop = (signal: NodeJS.Signals): void => {
    removeHandlers()
    const closing = db.close(options).catch((error: unknown) => {
      process.emitWarning(`The database was not closed in good order: ${String(error)}`)
    })
    closings.add(closing)
    void closing.then(() => {
      closings.delete(closing)
      // With no handler left the system's own one ends the process, whatever still runs in a thread. In a turn of its own,
      // so that a warning is printed first.
      if (closings.size === 0) setImmediate(() => process.kill(process.pid, signal))
    })
  }
  const removeHandlers = (): void => {
    for (const signal of signals) process.off(signal, stop)
  }
  for (const signal of signals) process.on(signal, stop)
  return removeHandlers
}
