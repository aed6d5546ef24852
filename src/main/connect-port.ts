import type { MessagePort } from 'node:worker_threads'
import type { JsonObject } from '../protocol/models.js'
import type { DatabaseManager } from './database-manager.js'
import { loadPart } from './not-started.js'

/** Limits of one thread's own queues; by default, as all other limits, those of the database that gave the port. */
export interface ConnectOptions {
  /** Operations that may wait in each lane; the next is refused with `OVERLOADED`. */
  maxQueuedOperations?: number | undefined
  /** Bytes of parameters that may wait in each lane, estimated. */
  maxQueuedBytes?: number | undefined
}

/**
 * Gives a worker thread the same typed facade as the main thread has. Reads run in this thread, synchronously, on a
 * connection of its own; writes go straight to the writer. Neither waits for the main thread, however busy it is.
 *
 * @param port from `db.createPort()`, handed over as `workerData` or by `postMessage`, and in its `transferList`.
 * @param options limits of this thread's queues.
 * @returns a database to `close()` when the thread is done; that closes this thread's end only.
 * @throws INVALID_ARGUMENT, also on the main thread, which runs no SQL, and for a port that was connected before; CLOSED when the database is closed. Later calls reject
 *   with CLOSED once the database or its writer is gone, and writes under way then with OUTCOME_UNKNOWN: none hangs.
 * @example
 * // main thread
 * const port = db.createPort()
 * new Worker(url, { workerData: { port }, transferList: [port] })
 * // worker thread
 * const db = await connectPort(workerData.port)
 */
export async function connectPort<Metadata extends object = JsonObject, Profile extends object = JsonObject>(
  port: MessagePort,
  options: ConnectOptions = {},
): Promise<DatabaseManager<Metadata, Profile>> {
  const { openPort } = await loadPart(import('./port-database.js'))
  return openPort(port, options)
}
