import type { MessagePort } from 'node:worker_threads'
import { ConvoDbError } from '../../../protocol/errors.js'
import type { ConnectionSettings, LocalReader, PortMessage, ReaderTask } from '../../../protocol/messages.js'
import { SharedAnswers } from '../../../protocol/shared-answers.js'
import type { OperationName, Result } from '../../../protocol/operations.js'
import type { CallOptions } from '../../call-options.js'
import type { ExecutorStats } from '../../stats.js'
import { localReaderUrl } from '../../worker-url.js'
import type {
  CloseOptions,
  DecodeAnswer,
  Executor,
  LeasedConnection,
  LeaseOptions,
  Prepared,
} from '../executor.js'
import { fileSizes } from '../file-sizes.js'
import { Lanes, type LaneLimits } from '../lanes/lanes.js'
import type { TaskRunner } from '../lanes/task-runner.js'
import { settledWithin } from '../lanes/settled-within.js'
import { WriterLink } from '../lanes/writer-link.js'

interface PortOptions extends LaneLimits {
  readonly closeTimeoutMs: number
}

/**
 * Runs operations from a thread beside the main one: reads here, on a connection of this thread's own; writes straight to
 * the writer. Neither passes the main thread, which may be busy.
 */
export class PortExecutor implements Executor {
  readonly #settings: ConnectionSettings
  readonly #closeTimeoutMs: number
  readonly #port: MessagePort
  readonly #link: WriterLink
  readonly #reader: LocalReader
  readonly #restarts: () => number
  readonly #lanes: Lanes

  private constructor(
    { settings, port, link, restarts }: Connected,
    reader: LocalReader,
    options: PortOptions,
  ) {
    this.#settings = settings
    this.#closeTimeoutMs = options.closeTimeoutMs
    this.#port = port
    this.#link = link
    this.#restarts = restarts
    this.#reader = reader
    const runner = runInThisThread(reader)
    this.#lanes = new Lanes({ reader: runner, writer: link, leaseReader: () => runner }, options)
  }

  /** @throws CLOSED when the database is closed, and what opening a connection throws */
  static async connect(port: MessagePort, options: PortOptions): Promise<PortExecutor> {
    const connected = await connectLink(port)
    // By its URL: nothing of the workers, and no SQLite, is loaded where nobody connects.
    const localReader: { openLocalReader(settings: ConnectionSettings): LocalReader } = await import(
      localReaderUrl.href
    )
    return new PortExecutor(connected, localReader.openLocalReader(connected.settings), options)
  }

  execute<N extends OperationName>(
    name: N,
    params: Prepared<N>,
    options: CallOptions,
    decode: DecodeAnswer<N>,
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
    return {
      path,
      ...(await fileSizes(path)),
      readers: 1,
      ...this.#lanes.stats(),
      lastCheckpoint: null,
      isLogHeld: false,
      restarts: { readers: 0, writer: this.#restarts(), reopenings: 0 },
    }
  }

  async close({ timeoutMs = this.#closeTimeoutMs }: CloseOptions): Promise<void> {
    if (!(await settledWithin(timeoutMs, this.#lanes.close()))) this.#lanes.abandon(closed())
    this.#reader.close()
    this.#link.close(closed())
    this.#port.close()
  }

  #assertOpen(): void {
    if (this.#link.isOpen) return
    this.#reader.close()
    throw closed()
  }
}

/** What a port makes of the messages that come through it. */
interface Connected {
  readonly settings: ConnectionSettings
  readonly port: MessagePort
  readonly link: WriterLink
  readonly restarts: () => number
}

/** Every message through the port is a link to a writer, the first one or the next; the port's end is the database's. */
function connectLink(port: MessagePort): Promise<Connected> {
  return new Promise((resolve, reject) => {
    const link = new WriterLink()
    let links = 0
    port.on('message', (message: PortMessage) => {
      links += 1
      link.connect(message.link, new SharedAnswers(message.answers))
      resolve({ settings: message.settings, port, link, restarts: () => links - 1 })
    })
    port.once('close', () => {
      link.close(closed())
      reject(closed())
    })
  })
}

const closed = (): ConvoDbError =>
  new ConvoDbError('CLOSED', 'The database is closed; open it again, and ask for a new port')

/** Reads are answered synchronously: this thread is the reader. */
function runInThisThread(reader: LocalReader): TaskRunner<ReaderTask> {
  return { threads: 1, run }

  function run<Answer>(task: ReaderTask): Promise<Answer>
  async function run(task: ReaderTask): Promise<unknown> {
    return reader.run(task)
  }
}
