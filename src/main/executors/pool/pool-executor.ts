import type { MessagePort } from 'node:worker_threads'
import { CommitSignal } from '../../../protocol/commit-signal.js'
import { ConvoDbError } from '../../../protocol/errors.js'
import { KnownFile } from '../../../protocol/known-file.js'
import type {
  AnswerForm,
  ConnectionSettings,
  Outcome,
  PortLimits,
  PortMessage,
} from '../../../protocol/messages.js'
import type { Lane } from '../../../protocol/operation.js'
import type { OperationName, ReadOperationName, Result } from '../../../protocol/operations.js'
import type { OperationRequest } from '../../../protocol/requests.js'
import type { CallOptions, ChannelOptions } from '../../validation/call-options.js'
import type { Stepwise } from '../../stepwise.js'
import type { ResolvedOptions } from '../../options.js'
import { lacksModule, notStarted } from '../../not-started.js'
import type { ExecutorStats } from '../../stats.js'
import { workerUrl } from '../../worker-url.js'
import type {
  CloseOptions,
  DatabaseFile,
  DecodeAnswer,
  DecodeRequest,
  Executor,
  LeaseOptions,
  LentConnection,
  LentJson,
  Prepared,
} from '../executor.js'
import { fileSizes } from '../file-sizes.js'
import { Deadline } from '../lanes/time.js'
import { Lanes } from '../lanes/lanes.js'
import { Ports } from './ports.js'
import { Writer } from './writer.js'
import { noWriter, type WriterSide } from './writer-side.js'
import { Scrubber } from './scrubber.js'
import type { WriterThread } from './writer-thread.js'
import { WorkerPool } from './worker-pool.js'

/** How long opening holds a thread for others, before it finds that they do not come. */
const openPatienceMs = 30_000

/** Runs operations on worker threads of this process: readers for the read lane, one writer for the write lane. */
export class PoolExecutor implements Executor {
  readonly #settings: ConnectionSettings
  readonly #options: ResolvedOptions
  readonly #ports = new Ports()
  readonly #readers: WorkerPool
  readonly #writer: WriterSide
  readonly #lanes: Lanes
  #leaseReaders: WorkerPool | undefined
  #scrubber: Scrubber | undefined

  private constructor(
    settings: ConnectionSettings,
    options: ResolvedOptions,
    writer: WriterSide,
    readers: WorkerPool,
  ) {
    this.#settings = settings
    this.#options = options
    this.#readers = readers
    this.#writer = writer
    const leaseReader = () =>
      (this.#leaseReaders ??= new WorkerPool(
        'leaseReader',
        workerUrl('reader'),
        options.leaseReaders,
        settings,
      ))
    this.#lanes = new Lanes({ reader: readers, writer: writer.runner, leaseReader }, options)
  }

  /**
   * Starts the other threads beside the writer's, since each has more to load than to do. They wait for the writer to have created the
   * file, brought it up to date and found out which file it is.
   *
   * @param writerThread undefined where the file is only read.
   */
  static async open(
    settings: ConnectionSettings,
    options: ResolvedOptions,
    writerThread: WriterThread | undefined,
  ): Promise<PoolExecutor> {
    const commits = new CommitSignal(settings.commits)
    const file = new KnownFile(settings.knownFile)
    const readers = new WorkerPool('reader', workerUrl('reader'), options.readers, settings)
    // At once: Piscina tells of a thread that fails only when it has a task.
    const opening = readers.runOnEveryThread(openPatienceMs, (barrier) => ({ kind: 'open', barrier }))
    opening.catch(() => 'told below')
    const writer = await openWriter(settings.path, writerThread, file).catch(async (error: unknown) => {
      file.giveUp()
      await Promise.allSettled([opening])
      await readers.close()
      throw error
    })
    const executor = new PoolExecutor(settings, options, writer, readers)
    writer.onEnd(() => {
      executor.#ports.close()
      // Whoever waits for commits in another thread finds it closed.
      commits.wake()
    })
    try {
      const opened = await opening
      opened.forEach(assertOk)
      executor.#startScrubbing(options.scrubRowsPerSecond)
      return executor
    } catch (error) {
      // Threads that can not start would keep the tasks that close them for ever.
      await executor.close({ timeoutMs: 0 })
      throw lacksModule(error) ? notStarted('reader', error) : error
    }
  }

  get file(): DatabaseFile {
    return this.#settings
  }

  /** It ends by `close` alone. */
  readonly isOpen = true

  refusal(lane: Lane): ConvoDbError | undefined {
    return this.#lanes.refusal(lane)
  }

  execute<N extends OperationName>(
    name: N,
    params: Prepared<N>,
    options: CallOptions,
    decode: DecodeAnswer<N>,
  ): Promise<Result<N>> {
    return this.#lanes.execute(name, params, options, decode)
  }

  executeJson<N extends ReadOperationName>(
    name: N,
    params: Prepared<N>,
    form: AnswerForm,
    options: ChannelOptions,
  ): Promise<LentJson> {
    return this.#lanes.executeJson(name, params, form, options)
  }

  executeRequest(
    request: OperationRequest | Stepwise<OperationRequest>,
    options: CallOptions,
    decode: DecodeRequest,
  ): Promise<readonly unknown[]> {
    return this.#lanes.executeRequest(request, options, decode)
  }

  withConnection<Value>(
    work: (connection: LentConnection) => Promise<Value> | Value,
    options: LeaseOptions,
  ): Promise<Value> {
    return this.#lanes.withConnection(work, options)
  }

  ready(): Promise<void> {
    return this.#lanes.ready()
  }

  createPort(): MessagePort {
    let unlink = (): void => undefined
    const { own, theirs } = this.#ports.add(() => unlink())
    const limits = limitsOf(this.#options)
    try {
      unlink = this.#writer.link((link, answers) => {
        const settings = this.#settings
        const message: PortMessage = { kind: 'link', settings, limits, link, answers: answers.buffer }
        own.postMessage(message, [link])
      })
    } catch (error) {
      own.close()
      throw error
    }
    return theirs
  }

  async stats(): Promise<ExecutorStats> {
    const { path } = this.#settings
    const { lastCheckpoint, isLogHeld, lostCommits, restarts: writer, reopenings } = this.#writer
    const readers = this.#readerPools().reduce((sum, pool) => sum + pool.restarts, 0)
    return {
      path,
      ...(await fileSizes(path)),
      readers: this.#readers.threads,
      ...this.#lanes.stats(),
      lastCheckpoint,
      isLogHeld,
      lostCommits,
      scrub: this.#scrubber?.stats() ?? null,
      vectorSearch: 'blocks',
      cluster: null,
      restarts: { readers, writer, reopenings },
    }
  }

  /** Answers what was accepted, then closes the connections, the writer's last, and ends the threads. */
  async close({ timeoutMs = this.#options.closeTimeoutMs }: CloseOptions): Promise<void> {
    const deadline = new Deadline(timeoutMs)
    this.#scrubber?.stop()
    if (!(await deadline.allows(this.#lanes.close()))) {
      this.#lanes.abandon(
        new ConvoDbError('CLOSED', `The database was closed; ${timeoutMs} ms were not enough`),
      )
    }
    try {
      await Promise.all([deadline.allows(this.#closeReaders(deadline)), this.#ports.letGo(deadline)])
      await this.#writer.close(deadline)
    } finally {
      await Promise.all(this.#readerPools().map((pool) => deadline.allows(pool.close())))
    }
  }

  #startScrubbing(rowsPerSecond: number): void {
    if (rowsPerSecond === 0) return
    this.#scrubber = new Scrubber({
      path: this.#settings.path,
      rowsPerSecond,
      isIdle: () => this.#lanes.isReadingIdle,
      run: (place, rows) => this.#readers.run({ kind: 'scrub', place, rows }),
    })
  }

  async #closeReaders(deadline: Deadline): Promise<void> {
    await Promise.all(
      this.#readerPools().map((pool) =>
        pool.runOnEveryThread(deadline.restMs(), (barrier) => ({ kind: 'close', barrier })),
      ),
    )
  }

  #readerPools(): WorkerPool[] {
    return this.#leaseReaders === undefined ? [this.#readers] : [this.#readers, this.#leaseReaders]
  }
}

const openWriter = async (
  path: string,
  thread: WriterThread | undefined,
  file: KnownFile,
): Promise<WriterSide> => (thread === undefined ? noWriter(path) : Writer.open(path, thread, file))

/** A thread with a port keeps to them, too. */
function limitsOf(options: ResolvedOptions): PortLimits {
  const { maxQueuedOperations, maxQueuedBytes, maxBatchOperations, maxBatchBytes } = options
  const { leaseIdleTimeoutMs, readTimeoutMs, closeTimeoutMs } = options
  return {
    maxQueuedOperations,
    maxQueuedBytes,
    maxBatchOperations,
    maxBatchBytes,
    leaseIdleTimeoutMs,
    readTimeoutMs,
    closeTimeoutMs,
  }
}

function assertOk(outcome: Outcome<void>): void {
  if (!outcome.ok) throw ConvoDbError.from(outcome.error)
}
