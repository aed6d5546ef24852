import { fileURLToPath } from 'node:url'
import type { Transferable } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { ConvoDbError } from '../../../protocol/errors.js'
import type { TaskRunner } from '../lanes/task-runner.js'
import type { Barrier, ConnectionSettings } from '../../../protocol/messages.js'

/** A Piscina pool whose threads live as long as it does: they hold connections. */
export class WorkerPool<Task> implements TaskRunner<Task> {
  readonly #piscina: Piscina<Task>
  readonly threads: number
  #closed = false

  constructor(workerUrl: URL, threads: number, settings: ConnectionSettings, tasksPerThread = 1) {
    this.threads = threads
    this.#piscina = new Piscina<Task>({
      filename: fileURLToPath(workerUrl),
      minThreads: threads,
      maxThreads: threads,
      idleTimeout: Infinity,
      concurrentTasksPerWorker: tasksPerThread,
      // Waiting on atomics would freeze the ports of an idle worker, and 'disabled' measured fastest.
      atomics: 'disabled',
      workerData: settings,
      recordTiming: false,
    })
    // A thread that dies between tasks is replaced by the pool, and the next task opens its connection again.
    this.#piscina.on('error', () => undefined)
  }

  run<Answer>(task: Task, transferList: Transferable[] = []): Promise<Answer> {
    // Piscina would start new threads for a task that comes after its end.
    if (this.#closed) return Promise.reject(new ConvoDbError('CLOSED', 'The worker pool is closed'))
    return this.#piscina.run(task, { transferList })
  }

  /** Runs one task on each thread. */
  runOnEveryThread<Answer>(toTask: (barrier: Barrier) => Task): Promise<Answer[]> {
    const arrived = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
    const task = toTask({ arrived, expected: this.threads })
    return Promise.all(Array.from({ length: this.threads }, () => this.run<Answer>(task)))
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#piscina.destroy()
  }
}
