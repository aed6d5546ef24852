import type { MessagePort, Worker } from 'node:worker_threads'
import type { DatabaseManager } from '../../main/index.js'
import { postgresSourceOf } from '../../main/postgres-source.js'
import { settledWithin } from '../../main/executors/lanes/time.js'
import { startThread } from '../../main/file-job.js'
import { ingestThreadUrl } from '../ingest-thread-url.js'
import type { IngestSettings, ThreadMessage, WayToDatabase } from './messages.js'

/**
 * What a line becomes is soon over: so small a nursery stays in the processor's cache, and takes a third of the thread's work off it.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 16 }

/** The one thread that all uploads share: the writer is one, too, and no faster. */
export class IngestThread {
  readonly #worker: Worker
  readonly #ended: Promise<void>
  #isLoaded = false

  /**
   * @param onEnd is told when it has ended, by itself or not; every upload's port is closed by then.
   * @throws CLOSED
   */
  constructor(db: DatabaseManager, onEnd: (error: unknown) => void) {
    const way = wayTo(db)
    const transferList = 'port' in way ? [way.port] : []
    this.#worker = startThread(ingestThreadUrl(), way, { transferList, resourceLimits })
    let fault: unknown
    this.#worker.once('message', () => (this.#isLoaded = true))
    this.#worker.once('error', (error) => (fault = error))
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        onEnd(fault)
        resolve()
      })
    })
  }

  begin(port: MessagePort, settings: IngestSettings): void {
    const message: ThreadMessage = { kind: 'ingest', port, settings }
    this.#worker.postMessage(message, [port])
  }

  /** Lets it end by itself; takes a thread that does not from it, but never one that is being loaded (decision 6). */
  async close(patienceMs: number): Promise<void> {
    const message: ThreadMessage = { kind: 'close' }
    this.#worker.postMessage(message)
    if ((await settledWithin(patienceMs, this.#ended)) || !this.#isLoaded) return
    await this.#worker.terminate()
  }
}

/** A port to the writer; on PostgreSQL each thread has connections of its own. @throws CLOSED */
function wayTo(db: DatabaseManager): WayToDatabase {
  const postgres = postgresSourceOf(db)
  return postgres === undefined ? { port: db.createPort() } : { postgres }
}
