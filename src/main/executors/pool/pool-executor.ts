import { stat } from 'node:fs/promises'
import { ConvoDbError } from '../../../protocol/errors.js'
import {
  operationMessage,
  type ConnectionSettings,
  type Outcome,
  type ReaderTask,
  type WriterTask,
} from '../../../protocol/messages.js'
import {
  operations,
  type OperationName,
  type WireParams,
  type WireResult,
} from '../../../protocol/operations.js'
import type { CallOptions } from '../../call-options.js'
import type { ResolvedOptions } from '../../options.js'
import type { ExecutorStats } from '../../stats.js'
import { readerUrl, writerUrl } from '../../worker-url.js'
import type { Executor, LeasedConnection, LeaseOptions } from '../executor.js'
import { estimateBytes } from './byte-estimate.js'
import { runLease, type RunLease } from './lease.js'
import { Leases } from './leases.js'
import { ReadLane } from './read-lane.js'
import { WorkerPool } from './worker-pool.js'
import { maxBatchesUnderWay, WriteLane } from './write-lane.js'

interface Pools {
  readonly readers: WorkerPool<ReaderTask>
  readonly writer: WorkerPool<WriterTask>
}

/** Runs operations on worker threads of this process: readers for the read lane, one writer for the write lane. */
export class PoolExecutor implements Executor {
  readonly #settings: ConnectionSettings
  readonly #options: ResolvedOptions
  readonly #readers: WorkerPool<ReaderTask>
  readonly #writer: WorkerPool<WriterTask>
  readonly #readLane: ReadLane
  readonly #writeLane: WriteLane
  /** Read leases have threads of their own, so that a long one keeps no read waiting; started when first needed. */
  #leaseReaders: WorkerPool<ReaderTask> | undefined
  readonly #leases = new Leases()
  #isClosing = false

  private constructor(settings: ConnectionSettings, options: ResolvedOptions, pools: Pools) {
    this.#settings = settings
    this.#options = options
    this.#readers = pools.readers
    this.#writer = pools.writer
    this.#readLane = new ReadLane(pools.readers, options)
    this.#writeLane = new WriteLane(pools.writer, options)
  }

  /** Starts the threads and opens all their connections; the writer's first, since it creates the file. */
  static async open(settings: ConnectionSettings, options: ResolvedOptions): Promise<PoolExecutor> {
    const writer = new WorkerPool<WriterTask>(writerUrl, 1, settings, maxBatchesUnderWay)
    // Readers start when the writer has opened. A thread ended while it loads its module takes the process with it
    // (Node 20.19 and later), so no thread may be there before it is sure to run a task.
    const readers = await orClose(writer, async () => {
      assertOk(await writer.run<Outcome<void>>({ kind: 'open' }))
      return new WorkerPool<ReaderTask>(readerUrl, options.readers, settings)
    })
    const executor = new PoolExecutor(settings, options, { readers, writer })
    try {
      const opened = await readers.runOnEveryThread<Outcome<void>>((barrier) => ({ kind: 'open', barrier }))
      opened.forEach(assertOk)
      return executor
    } catch (error) {
      await executor.#endThreads()
      throw error
    }
  }

  /** The workers' handler table gives every name its own result; across threads only this signature can say so. */
  execute<N extends OperationName>(
    name: N,
    params: WireParams<N>,
    options: CallOptions,
  ): Promise<WireResult<N>>
  execute(name: OperationName, params: WireParams<OperationName>, options: CallOptions): Promise<unknown> {
    const message = operationMessage(name, params)
    const bytes = estimateBytes(params)
    if (operations[name].lane === 'read') return this.#readLane.execute(message, bytes, options)
    this.#leases.assertNotInside('write', name)
    return this.#writeLane.execute(message, bytes, options)
  }

  async withConnection<Value>(
    work: (connection: LeasedConnection) => Promise<Value> | Value,
    options: LeaseOptions,
  ): Promise<Value> {
    const { mode = 'read', idleTimeoutMs = this.#options.leaseIdleTimeoutMs, signal, timeoutMs } = options
    if (this.#isClosing) throw new ConvoDbError('CLOSED', 'The database is closed')
    this.#leases.assertNotInside(mode, 'withConnection')
    const deadlineMs = timeoutMs === undefined ? undefined : performance.now() + timeoutMs
    return this.#leases.track(mode, work, (trackedWork) => {
      const lease = (runTask: RunLease): Promise<Value> => {
        const restMs = deadlineMs === undefined ? undefined : Math.max(0, deadlineMs - performance.now())
        return runLease(runTask, trackedWork, { idleTimeoutMs, signal, timeoutMs: restMs })
      }
      if (mode === 'write') {
        const onWriter = () => lease((task, transferList) => this.#writer.run(task, transferList))
        return this.#writeLane.runExclusive(onWriter, { signal, timeoutMs })
      }
      this.#leaseReaders ??= new WorkerPool(readerUrl, this.#options.leaseReaders, this.#settings)
      const pool = this.#leaseReaders
      return lease((task, transferList) => pool.run(task, transferList))
    })
  }

  async stats(): Promise<ExecutorStats> {
    const { path } = this.#settings
    const { commits, averageBatch, ...write } = this.#writeLane.stats()
    const [fileBytes, walBytes] = await Promise.all([sizeOf(path), sizeOf(`${path}-wal`)])
    return {
      path,
      fileBytes,
      walBytes,
      readers: this.#readers.threads,
      commits,
      averageBatch,
      read: this.#readLane.stats(),
      write,
    }
  }

  /** Answers what was accepted, then closes the connections, the writer's last, and ends the threads. */
  async close(): Promise<void> {
    this.#isClosing = true
    await Promise.all([this.#readLane.close(), this.#writeLane.close(), this.#leases.close()])
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

function assertOk(outcome: Outcome<void>): void {
  if (!outcome.ok) throw ConvoDbError.from(outcome.error)
}

/** `stat` only: opening a database file in this process and closing it would drop SQLite's locks. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0
    throw error
  }
}
