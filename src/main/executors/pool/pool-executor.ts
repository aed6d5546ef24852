import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { ConvoDbError } from '../../../protocol/errors.js'
import type { ConnectionSettings, Outcome, ReaderTask, WriterTask } from '../../../protocol/messages.js'
import type { OperationName, Result, WireParams, WireResult } from '../../../protocol/operations.js'
import type { CallOptions } from '../../call-options.js'
import type { ResolvedOptions } from '../../options.js'
import type { ExecutorStats } from '../../stats.js'
import { readerUrl, writerUrl } from '../../worker-url.js'
import type { Executor, LeasedConnection, LeaseOptions } from '../executor.js'
import { fileSizes } from '../file-sizes.js'
import { Lanes } from '../lanes/lanes.js'
import { maxBatchesUnderWay } from '../lanes/write-lane.js'
import { WorkerPool } from './worker-pool.js'

interface WatchedPort {
  readonly port: MessagePort
  isOpen: boolean
}

interface Pools {
  readonly newPorts: WatchedPort
  readonly readers: WorkerPool<ReaderTask>
  readonly writer: WorkerPool<WriterTask>
}

/** Runs operations on worker threads of this process: readers for the read lane, one writer for the write lane. */
export class PoolExecutor implements Executor {
  readonly #settings: ConnectionSettings
  readonly #readers: WorkerPool<ReaderTask>
  readonly #writer: WorkerPool<WriterTask>
  readonly #newPorts: WatchedPort
  readonly #lanes: Lanes
  #leaseReaders: WorkerPool<ReaderTask> | undefined

  private constructor(
    settings: ConnectionSettings,
    options: ResolvedOptions,
    { readers, writer, newPorts }: Pools,
  ) {
    this.#settings = settings
    this.#readers = readers
    this.#writer = writer
    this.#newPorts = newPorts
    const leaseReader = () =>
      (this.#leaseReaders ??= new WorkerPool(readerUrl, options.leaseReaders, settings))
    this.#lanes = new Lanes({ reader: readers, writer, leaseReader }, options)
  }

  /** Starts the threads and opens all their connections; the writer's first, since it creates the file. */
  static async open(settings: ConnectionSettings, options: ResolvedOptions): Promise<PoolExecutor> {
    const { port1, port2 } = new MessageChannel()
    const writer = new WorkerPool<WriterTask>(writerUrl, 1, settings, maxBatchesUnderWay)
    // Readers start when the writer has opened. A thread ended while it loads its module takes the process with it
    // (Node 20.19 and later), so no thread may be there before it is sure to run a task.
    const readers = await orClose(writer, async () => {
      assertOk(await writer.run<Outcome<void>>({ kind: 'open', newPorts: port2 }, [port2]))
      return new WorkerPool<ReaderTask>(readerUrl, options.readers, settings)
    })
    const executor = new PoolExecutor(settings, options, { readers, writer, newPorts: watchPort(port1) })
    try {
      const opened = await readers.runOnEveryThread<Outcome<void>>((barrier) => ({ kind: 'open', barrier }))
      opened.forEach(assertOk)
      return executor
    } catch (error) {
      await executor.#endThreads()
      throw error
    }
  }

  execute<N extends OperationName>(
    name: N,
    params: WireParams<N>,
    options: CallOptions,
    decode: (value: WireResult<N>) => Result<N>,
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
    // Where the writer is gone the port's closing tells whoever holds the other end.
    if (this.#newPorts.isOpen) this.#newPorts.port.postMessage(port2, [port2])
    else port2.close()
    return port1
  }

  async stats(): Promise<ExecutorStats> {
    const { path } = this.#settings
    return { path, ...(await fileSizes(path)), readers: this.#readers.threads, ...this.#lanes.stats() }
  }

  /** Answers what was accepted, then closes the connections, the writer's last, and ends the threads. */
  async close(): Promise<void> {
    await this.#lanes.close()
    try {
      const closed = await Promise.all(
        this.#readerPools().map((pool) =>
          pool.runOnEveryThread<Outcome<void>>((barrier) => ({ kind: 'close', barrier })),
        ),
      )
      closed.flat().forEach(assertOk)
      assertOk(await this.#writer.run<Outcome<void>>({ kind: 'close' }))
    } finally {
      await this.#endThreads()
    }
  }

  #readerPools(): WorkerPool<ReaderTask>[] {
    return this.#leaseReaders === undefined ? [this.#readers] : [this.#readers, this.#leaseReaders]
  }

  async #endThreads(): Promise<void> {
    this.#newPorts.isOpen = false
    this.#newPorts.port.close()
    await Promise.all([...this.#readerPools(), this.#writer].map((pool) => pool.close()))
  }
}

async function orClose<Value>(pool: WorkerPool<WriterTask>, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    await pool.close()
    throw error
  }
}

function watchPort(port: MessagePort): WatchedPort {
  const watched = { port, isOpen: true }
  port.once('close', () => (watched.isOpen = false))
  port.unref()
  return watched
}

function assertOk(outcome: Outcome<void>): void {
  if (!outcome.ok) throw ConvoDbError.from(outcome.error)
}
