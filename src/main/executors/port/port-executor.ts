import type { MessagePort } from 'node:worker_threads'
import type { LocalReader } from '../../../protocol/answers.js'
import { ConvoDbError } from '../../../protocol/errors.js'
import type { AnswerForm, ConnectionSettings, PortAnswer, PortLimits } from '../../../protocol/messages.js'
import type { Lane } from '../../../protocol/operation.js'
import type { OperationName, ReadOperationName, Result } from '../../../protocol/operations.js'
import type { OperationRequest } from '../../../protocol/requests.js'
import type { CallOptions, ChannelOptions } from '../../validation/call-options.js'
import type { Stepwise } from '../../stepwise.js'
import type { ExecutorStats } from '../../stats.js'
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
import { Lanes } from '../lanes/lanes.js'
import { settledWithin } from '../lanes/time.js'
import type { WriterLink } from '../lanes/writer-link.js'
import { openLocalReader, runInThisThread } from '../this-thread/local-reader.js'
import { statsOfThisThread } from '../this-thread/stats.js'
import { closed, connectLink, type Connected } from './connect-link.js'

/** What a thread asks for; the rest is as its database has it. */
type PortOptions = { readonly [Name in keyof PortLimits]?: number | undefined }

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

  private constructor(connected: Connected, reader: LocalReader, limits: PortLimits) {
    const { settings, port, link, restarts } = connected
    this.#settings = settings
    this.#closeTimeoutMs = limits.closeTimeoutMs
    this.#port = port
    this.#link = link
    this.#restarts = restarts
    this.#reader = reader
    const runner = runInThisThread(reader)
    this.#lanes = new Lanes({ reader: runner, writer: link, leaseReader: () => runner }, limits)
    connected.onLetGo(() => void this.#letGo())
  }

  /**
   * @throws CLOSED when the database is closed, INVALID_ARGUMENT for a port that has been connected or is none of ours, and what
   *   opening a connection throws
   */
  static async connect(port: MessagePort, options: PortOptions): Promise<PortExecutor> {
    const connected = await connectLink(port)
    try {
      const reader = await openLocalReader(connected.settings)
      const asked = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
      const limits: PortLimits = { ...connected.limits, ...asked }
      post(port, 'connected')
      return new PortExecutor(connected, reader, limits)
    } catch (error) {
      // It would keep this thread alive, and nobody can connect it again.
      port.close()
      throw error
    }
  }

  get file(): DatabaseFile {
    return this.#settings
  }

  get isOpen(): boolean {
    return this.#link.isOpen
  }

  refusal(lane: Lane): ConvoDbError | undefined {
    return this.#lanes.refusal(lane)
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

  executeJson<N extends ReadOperationName>(
    name: N,
    params: Prepared<N>,
    form: AnswerForm,
    options: ChannelOptions,
  ): Promise<LentJson> {
    this.#assertOpen()
    return this.#lanes.executeJson(name, params, form, options)
  }

  executeRequest(
    request: OperationRequest | Stepwise<OperationRequest>,
    options: CallOptions,
    decode: DecodeRequest,
  ): Promise<readonly unknown[]> {
    this.#assertOpen()
    return this.#lanes.executeRequest(request, options, decode)
  }

  async withConnection<Value>(
    work: (connection: LentConnection) => Promise<Value> | Value,
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

  stats(): Promise<ExecutorStats> {
    return statsOfThisThread(this.#settings.path, this.#lanes, this.#restarts())
  }

  async close({ timeoutMs = this.#closeTimeoutMs }: CloseOptions): Promise<void> {
    if (!(await settledWithin(timeoutMs, this.#lanes.close()))) this.#lanes.abandon(closed())
    await this.#reader.close()
    this.#link.close(closed())
    this.#port.close()
  }

  /** The database closes, and its log can go only when nobody reads it any more. Writes go on until the link's end. */
  async #letGo(): Promise<void> {
    await this.#reader.close()
    post(this.#port, 'letGo')
  }

  #assertOpen(): void {
    if (!this.#link.isOpen) throw closed()
  }
}

const post = (port: MessagePort, answer: PortAnswer): void => port.postMessage(answer)
