import type { MessagePort, Worker } from 'node:worker_threads'
import type { CheckpointerSettings, ConnectionSettings } from '../../../protocol/messages.js'
import { startSqliteThread } from '../../file-job.js'
import { workerUrl } from '../../worker-url.js'

/**
 * The thread that copies the log for a writer, started when the writer asks. It is not the writer's own: Node ends those with it, and
 * a thread that is ended while it loads native code takes the process along (decision 6). It ends when its link closes.
 */
export class CheckpointerThread {
  readonly #settings: ConnectionSettings
  #worker: Worker | undefined
  #ended = Promise.resolve()

  constructor(settings: ConnectionSettings) {
    this.#settings = settings
  }

  /** Where none can be started the link closes, and the writer copies the log itself. */
  start(link: MessagePort): void {
    const settings: CheckpointerSettings = { ...this.#settings, link }
    const worker = (this.#worker = startSqliteThread(workerUrl('checkpointer'), settings, {
      transferList: [link],
    }))
    worker.unref()
    // Its link closes then, which the writer is told of.
    worker.on('error', () => undefined)
    this.#ended = new Promise((resolve) => worker.once('exit', () => resolve()))
  }

  /** Resolves when it has ended, and keeps the process alive until then. Its writer must have closed the link, or be gone. */
  async end(): Promise<void> {
    this.#worker?.ref()
    await this.#ended
    this.#worker = undefined
  }
}
