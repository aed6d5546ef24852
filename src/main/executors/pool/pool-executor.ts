import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { ConvoDbError } from '../../../protocol/errors.js'
import type { ConnectionSettings, Outcome, PortMessage, ReaderTask } from '../../../protocol/messages.js'
import type { OperationName, Result } from '../../../protocol/operations.js'
import type { CallOptions } from '../../call-options.js'
import type { ResolvedOptions } from '../../options.js'
import type { ExecutorStats } from '../../stats.js'
import { readerUrl } from '../../worker-url.js'
import type {
  CloseOptions,
  DecodeAnswer,
  Executor,
  LeasedConnection,
  LeaseOptions,
  Prepared,
} from '../executor.js'
import { fileSizes } from '../file-sizes.js'
import { Deadline } from '../lanes/deadline.js'
import { Lanes } from '../lanes/lanes.js'
import { noWriter, Writer, type WriterSide } from './writer.js'
import { WorkerPool } from './worker-pool.js'

/** How long opening holds a thread for others, before it finds that they do not come. */
const openPatienceMs = 30_000

/** Runs operations on worker threads of this process: readers for the read lane, one writer for the write lane. */
export class PoolExecutor implements Executor {
  readonly #settings: ConnectionSettings
  readonly #closeTimeoutMs: number
  readonly #readers: WorkerPool<ReaderTask>
  readonly #writer: WriterSide
  readonly #lanes: Lanes
  #leaseReaders: WorkerPool<ReaderTask> | undefined

  private constructor(
    settings: ConnectionSettings,
    options: ResolvedOptions,
    writer: WriterSide,
    readers: WorkerPool<ReaderTask>,
  ) {
    this.#settings = settings
    this.#closeTimeoutMs = options.closeTimeoutMs
    this.#readers = readers
    this.#writer = writer
    const leaseReader = () =>
      (this.#leaseReaders ??= new WorkerPool('leaseReader', readerUrl, options.leaseReaders, settings))
    this.#lanes = new Lanes({ reader: readers, writer: writer.runner, leaseReader }, options)
  }

  /** Starts the threads and opens all their connections; the writer's first, since it creates the file. */
  static async open(settings: ConnectionSettings, options: ResolvedOptions): Promise<PoolExecutor> {
    const writer = settings.readOnly ? noWriter(settings.path) : await Writer.open(settings)
    // Readers start when the writer has opened. A thread ended while it loads its module takes the process with it
    // (Node 20.19 and later), so no thread may be there before it is sure to run a task.
    const readers = new WorkerPool<ReaderTask>('reader', readerUrl, options.readers, settings)
    const executor = new PoolExecutor(settings, options, writer, readers)
    try {
      const opened = await readers.runOnEveryThread<Outcome<void>>(openPatienceMs, (barrier) => ({
        kind: 'open',
        barrier,
      }))
      opened.forEach(assertOk)
      return executor
    } catch (error) {
      await executor.close({})
      throw error
    }
  }

  execute<N extends OperationName>(
    name: N,
    params: Prepared<N>,
    options: CallOptions,
    decode: DecodeAnswer<N>,
  ): Promise<Result<N>> {
    return this.#lanes.execute(name, params, options, decode)
  }

  withConnection<Value>(
    work: (connection: LeasedConnection) => Promise<Value> | Value,
    options: LeaseOptions,
  ): Promise<Value> {
    return this.#lanes.withConnection(work, options)
  }

  ready(): Promise<void> {
    return this.#lanes.ready()
  }

  createPort(): MessagePort {
    const { port1, port2 } = new MessageChannel()
    const unlink = this.#writer.link((link, answers) => {
      const message: PortMessage = { settings: this.#settings, link, answers: answers.buffer }
      port2.postMessage(message, [link])
    })
    port2.once('close', unlink)
    port2.unref()
    this.#writer.onEnd(() => port2.close())
    return port1
  }

  async stats(): Promise<ExecutorStats> {
    const { path } = this.#settings
    const { lastCheckpoint, isLogHeld, restarts: writer, reopenings } = this.#writer
    const readers = this.#readerPools().reduce((sum, pool) => sum + pool.restarts, 0)
    return {
      path,
      ...(await fileSizes(path)),
      readers: this.#readers.threads,
      ...this.#lanes.stats(),
      lastCheckpoint,
      isLogHeld,
      restarts: { readers, writer, reopenings },
    }
  }

  /** Answers what was accepted, then closes the connections, the writer's last, and ends the threads. */
  async close({ timeoutMs = this.#closeTimeoutMs }: CloseOptions): Promise<void> {
    const deadline = new Deadline(timeoutMs)
    if (!(await deadline.allows(this.#lanes.close()))) {
      this.#lanes.abandon(
        new ConvoDbError('CLOSED', `The database was closed; ${timeoutMs} ms were not enough`),
      )
    }
    try {
      await deadline.allows(this.#closeReaders(deadline))
      await this.#writer.close(deadline)
    } finally {
      await Promise.all(this.#readerPools().map((pool) => deadline.allows(pool.close())))
    }
  }

  async #closeReaders(deadline: Deadline): Promise<void> {
    await Promise.all(
      this.#readerPools().map((pool) =>
        pool.runOnEveryThread<Outcome<void>>(deadline.restMs(), (barrier) => ({ kind: 'close', barrier })),
      ),
    )
  }

  #readerPools(): WorkerPool<ReaderTask>[] {
    return this.#leaseReaders === undefined ? [this.#readers] : [this.#readers, this.#leaseReaders]
  }
}

function assertOk(outcome: Outcome<void>): void {
  if (!outcome.ok) throw ConvoDbError.from(outcome.error)
}
