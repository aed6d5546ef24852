import { fileURLToPath } from 'node:url'
import type { Transferable } from 'node:worker_threads'
import { Piscina } from 'piscina'
import type { ReaderAnswers } from '../../../protocol/answers.js'
import { ConvoDbError } from '../../../protocol/errors.js'
import { LoadedThreads } from '../../../protocol/loaded-threads.js'
import type { Barrier, ConnectionSettings } from '../../../protocol/messages.js'
import type { ReaderTask } from '../../../protocol/tasks.js'
import { publishWorkerEnd, publishWorkerStart, type WorkerRole } from '../../diagnostics.js'
import { assertMayStartThreads } from '../../not-started.js'
import type { ReaderRunner } from '../lanes/task-runner.js'
import { untilLoaded, watchLoading } from '../../loading.js'

/** For which the threads of a pool that makes way wait for each other. */
const retirePatienceMs = 5_000

/** A Piscina pool whose threads live as long as it does: they hold connections. One that ends is replaced. */
export class WorkerPool implements ReaderRunner {
  readonly threads: number
  readonly #role: WorkerRole
  readonly #workerUrl: URL
  readonly #settings: ConnectionSettings
  readonly #loaded = new LoadedThreads()
  readonly #unwatch: () => void
  #piscina: Piscina<ReaderTask>
  #started = 0
  #isClosed = false

  constructor(role: WorkerRole, workerUrl: URL, threads: number, settings: ConnectionSettings) {
    this.threads = threads
    this.#role = role
    this.#workerUrl = workerUrl
    this.#settings = settings
    this.#piscina = this.#start()
    this.#unwatch = watchLoading(() => this.#piscina.threads, this.#loaded)
  }

  /** How many threads were replaced. */
  get restarts(): number {
    return Math.max(0, this.#started - this.threads)
  }

  /** `signal` ends the thread that runs the task, and another takes its place; the task's answer is lost. */
  run<Task extends ReaderTask>(
    task: Task,
    transferList: Transferable[] = [],
    signal?: AbortSignal,
  ): Promise<ReaderAnswers[Task['kind']]> {
    // Piscina would start new threads for a task that comes after its end.
    if (this.#isClosed) return Promise.reject(new ConvoDbError('CLOSED', 'The worker pool is closed'))
    this.#heal()
    return this.#piscina.run(task, {
      transferList,
      ...(signal !== undefined && { signal: this.#endingLoaded(signal) }),
    })
  }

  /** Runs one task on each thread; none waits longer for the others than `patienceMs`. */
  runOnEveryThread<Task extends ReaderTask>(
    patienceMs: number,
    toTask: (barrier: Barrier) => Task,
  ): Promise<ReaderAnswers[Task['kind']][]> {
    const task = toTask(newBarrier(this.threads, patienceMs))
    return Promise.all(Array.from({ length: this.threads }, () => this.run(task)))
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await untilLoaded(() => this.#piscina.threads, this.#loaded)
    await this.#piscina.destroy()
    this.#unwatch()
  }

  /**
   * The same, but it ends no thread that loads native code: the first threads of a pool have tasks before they have loaded it, and one
   * that takes another's place may.
   */
  #endingLoaded(signal: AbortSignal): AbortSignal {
    const ending = new AbortController()
    const end = (): void =>
      void untilLoaded(() => this.#piscina.threads, this.#loaded).then(() => ending.abort())
    signal.addEventListener('abort', end, { once: true })
    return ending.signal
  }

  /** Piscina gives up on replacing threads when one ends before it is ready; a pool that lacks some makes way for a new one. */
  #heal(): void {
    if (this.#piscina.threads.length >= this.threads) return
    const ailing = this.#piscina
    this.#piscina = this.#start()
    void this.#retire(ailing)
  }

  /** Each runs a task before it is ended, so that none is ended while it loads native code. */
  async #retire(ailing: Piscina<ReaderTask>): Promise<void> {
    const barrier = newBarrier(ailing.threads.length, retirePatienceMs)
    const task: ReaderTask = { kind: 'close', barrier }
    await Promise.allSettled(Array.from({ length: barrier.expected }, () => ailing.run(task)))
    await ailing.close()
  }

  #start(): Piscina<ReaderTask> {
    assertMayStartThreads()
    const piscina = new Piscina<ReaderTask>({
      filename: fileURLToPath(this.#workerUrl),
      minThreads: this.threads,
      maxThreads: this.threads,
      idleTimeout: Infinity,
      // Waiting on atomics would freeze the ports of an idle worker, and 'disabled' measured fastest.
      atomics: 'disabled',
      workerData: { ...this.#settings, loadedThreads: this.#loaded.buffer },
      recordTiming: false,
    })
    const worker = { path: this.#settings.path, role: this.#role }
    piscina.on('workerCreate', () => {
      this.#started += 1
      publishWorkerStart(worker)
    })
    piscina.on('workerDestroy', () => publishWorkerEnd(worker))
    // A thread that dies between tasks is replaced by the pool, and the next task opens its connection again.
    piscina.on('error', () => undefined)
    return piscina
  }
}

const newBarrier = (expected: number, patienceMs: number): Barrier => ({
  arrived: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)),
  expected,
  patienceMs,
})
