import type { DatabaseManager } from './database-manager.js'
import type { CloseOptions } from './executors/executor.js'

const signals = ['SIGINT', 'SIGTERM'] as const

/**
 * Closes a database in good order when the process is told to stop, and then lets the signal end it: what was accepted is
 * answered and the log checkpointed, within `timeoutMs`. A second signal ends the process at once; nothing acknowledged is
 * lost by that either.
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
    // With no handler left the system's own one ends the process, whatever still runs in a thread.
    const end = (): void => void process.kill(process.pid, signal)
    db.close(options).then(end, (error: unknown) => {
      process.emitWarning(`The database was not closed in good order: ${String(error)}`)
      end()
    })
  }
  const removeHandlers = (): void => {
    for (const signal of signals) process.off(signal, stop)
  }
  for (const signal of signals) process.on(signal, stop)
  return removeHandlers
}
