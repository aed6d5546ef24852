import type { MessagePort } from 'node:worker_threads'
import { CommitSignal } from '../../../protocol/commit-signal.js'
import type { Engine } from '../../../postgres/index.js'
import { ConvoDbError } from '../../../protocol/errors.js'
import { toJsonForm } from '../../../protocol/json-form.js'
import type { AnswerForm } from '../../../protocol/messages.js'
import type { Lane } from '../../../protocol/operation.js'
import type { OperationName, ReadOperationName, Result } from '../../../protocol/operations.js'
import type { OperationRequest } from '../../../protocol/requests.js'
import type { VerifyReport } from '../../../protocol/verify.js'
import type { ResolvedOptions } from '../../options.js'
import type { ExecutorStats } from '../../stats.js'
import type { Stepwise } from '../../stepwise.js'
import type { CallOptions, ChannelOptions } from '../../validation/call-options.js'
import { decodeAnswer } from '../../wire/result-decoder.js'
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
import { withoutPassword } from '../../postgres-url.js'
import type { VerifyOptions } from '../../verify-database.js'
import { Lanes } from '../lanes/lanes.js'
import { Deadline } from '../lanes/time.js'
import { loadEngine } from './load-engine.js'
import { verifyWith } from './verify-postgres.js'

const encoder = new TextEncoder()

/** The result's JSON in UTF-8, as callers of HTTP get it. */
const toJson = (name: OperationName, value: unknown): Uint8Array =>
  encoder.encode(JSON.stringify(toJsonForm(decodeAnswer(name, value) ?? null)))

/** Runs operations on a PostgreSQL server: the lanes batch for its connections as they do for threads. */
export class PostgresExecutor implements Executor {
  /** It ends by `close` alone. */
  readonly isOpen = true
  readonly file: DatabaseFile
  readonly #engine: Engine
  readonly #options: ResolvedOptions
  readonly #lanes: Lanes

  private constructor(path: string, engine: Engine, options: ResolvedOptions, commits: CommitSignal) {
    const { busyTimeoutMs } = options
    this.file = { path, busyTimeoutMs, commits: commits.buffer }
    this.#engine = engine
    this.#options = options
    const { readers: reader, writer, leaseReaders } = engine
    this.#lanes = new Lanes({ reader, writer, leaseReader: () => leaseReaders }, options)
  }

  /** @throws CANNOT_OPEN, NOT_FOUND, OLDER_SCHEMA, NEWER_SCHEMA, UNSUPPORTED (no `pg`) */
  static async open(url: string, options: ResolvedOptions): Promise<PostgresExecutor> {
    const path = withoutPassword(url)
    const { openEngine } = await loadEngine()
    const commits = new CommitSignal()
    const engine = await openEngine({
      url,
      toJson,
      onCommit: (place) => commits.tell(place),
      ...options,
    })
    return new PostgresExecutor(path, engine, options, commits)
  }

  refusal(lane: Lane): ConvoDbError | undefined {
    if (lane === 'write' && this.#options.readOnly)
      return new ConvoDbError(
        'READ_ONLY',
        'The database was opened with readOnly: true, so nothing can be written',
      )
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

  /** Does something when all writes before it are answered, and before those that come behind it are sent. */
  inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    return this.#lanes.inTurn(work)
  }

  ready(): Promise<void> {
    return this.#lanes.ready()
  }

  verify(options: VerifyOptions): Promise<VerifyReport> {
    return verifyWith(this.#engine.verify, this.file.path, options)
  }

  createPort(): MessagePort {
    throw new ConvoDbError(
      'UNSUPPORTED',
      'createPort does not exist on PostgreSQL; a thread opens the same URL',
    )
  }

  async stats(): Promise<ExecutorStats> {
    const { bytes, hasDirections, cluster = null } = await this.#engine.measure()
    return {
      path: this.file.path,
      fileBytes: bytes,
      walBytes: 0,
      readers: this.#options.readers,
      ...this.#lanes.stats(),
      lastCheckpoint: null,
      isLogHeld: false,
      lostCommits: 0,
      scrub: null,
      vectorSearch: hasDirections ? 'pgvector' : 'compared',
      cluster,
      restarts: { readers: 0, writer: 0, reopenings: 0 },
    }
  }

  /** Answers what was accepted, then closes the connections. */
  async close({ timeoutMs = this.#options.closeTimeoutMs }: CloseOptions): Promise<void> {
    const deadline = new Deadline(timeoutMs)
    if (!(await deadline.allows(this.#lanes.close()))) {
      this.#lanes.abandon(
        new ConvoDbError('CLOSED', `The database was closed; ${timeoutMs} ms were not enough`),
      )
    }
    await this.#engine.close()
  }
}
