import type { MessagePort } from 'node:worker_threads'
import { ConvoDbError } from '../../../protocol/errors.js'
import type { ConnectionSettings, LocalReader, ReaderTask } from '../../../protocol/messages.js'
import type { OperationName, Result, WireParams, WireResult } from '../../../protocol/operations.js'
import type { CallOptions } from '../../call-options.js'
import type { ExecutorStats } from '../../stats.js'
import { localReaderUrl } from '../../worker-url.js'
import type { Executor, LeasedConnection, LeaseOptions } from '../executor.js'
import { fileSizes } from '../file-sizes.js'
import { Lanes, type LaneLimits } from '../lanes/lanes.js'
import type { TaskRunner } from '../lanes/task-runner.js'
import { WriterLink } from './writer-link.js'

/**
 * Runs operations from a thread beside the main one: reads here, on a connection of this thread's own; writes straight to
 * the writer. Neither passes the main thread, which may be busy.
 */
export class PortExecutor implements Executor {
  readonly #settings: ConnectionSettings
  readonly #link: WriterLink
  readonly #reader: LocalReader
  readonly #lanes: Lanes

  private constructor(
    settings: ConnectionSettings,
    link: WriterLink,
    reader: LocalReader,
    limits: LaneLimits,
  ) {
    this.#settings = settings
    this.#link = link
    this.#reader = reader
    const runner = runInThisThread(reader)
    this.#lanes = new Lanes({ reader: runner, writer: link, leaseReader: () => runner }, limits)
  }

  /** @throws CLOSED when the database is closed, and what opening a connection throws */
  static async connect(port: MessagePort, limits: LaneLimits): Promise<PortExecutor> {
    const link = new WriterLink(port)
    const settings = await link.settings
    // By its URL: nothing of the workers, and no SQLite, is loaded where nobody connects.
    const localReader: { openLocalReader(settings: ConnectionSettings): LocalReader } = await import(
      localReaderUrl.href
    )
    return new PortExecutor(settings, link, localReader.openLocalReader(settings), limits)
  }

  execute<N extends OperationName>(
    name: N,
    params: WireParams<N>,
    options: CallOptions,
    decode: (value: WireResult<N>) => Result<N>,
  ): Promise<Result<N>> {
    this.#assertOpen()
    return this.#lanes.execute(name, params, options, decode)
  }

  async withConnection<Value>(
    work: (connection: LeasedConnection) => Promise<Value> | Value,
    options: LeaseOptions,
  ): Promise<Value> {
    this.#assertOpen()
    return this.#lanes.withConnection(work, options)
  }

  ready(): Promise<void> {
    return this.#lanes.ready()
  }

  createPort(): MessagePort {
    throw new ConvoDbError(
      'INVALID_ARGUMENT',
      'Ports come from the database that openDatabase opened, not from a port',
    )
  }

  async stats(): Promise<ExecutorStats> {
    const { path } = this.#settings
    return { path, ...(await fileSizes(path)), readers: 1, ...this.#lanes.stats() }
  }

  async close(): Promise<void> {
    await this.#lanes.close()
    this.#reader.close()
    this.#link.close()
  }

  #assertOpen(): void {
    if (this.#link.isOpen) return
    this.#reader.close()
    throw new ConvoDbError('CLOSED', 'The database is closed, or its writer is gone')
  }
}

/** Reads are answered synchronously: this thread is the reader. */
function runInThisThread(reader: LocalReader): TaskRunner<ReaderTask> {
  return { threads: 1, run }

  function run<Answer>(task: ReaderTask): Promise<Answer>
  async function run(task: ReaderTask): Promise<unknown> {
    return reader.run(task)
  }
}
