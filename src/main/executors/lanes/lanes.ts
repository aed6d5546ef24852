import { AsyncLocalStorage } from 'node:async_hooks'
import { ConvoDbError } from '../../../protocol/errors.js'
import {
  askingForJson,
  operationMessage,
  type AnswerForm,
  type OperationMessage,
} from '../../../protocol/messages.js'
import type { OperationRequest } from '../../../protocol/requests.js'
import type { Fate } from '../../../protocol/tasks.js'
import type { Lane } from '../../../protocol/operation.js'
import {
  operations,
  type OperationName,
  type ReadOperationName,
  type Result,
} from '../../../protocol/operations.js'
import type { CallOptions, ChannelOptions } from '../../validation/call-options.js'
import type { ExecutorStats } from '../../stats.js'
import { mapSteps, Stepwise } from '../../stepwise.js'
import type {
  DecodeAnswer,
  DecodeRequest,
  LeaseOptions,
  LentConnection,
  LentJson,
  Prepared,
} from '../executor.js'
import { toLentJson } from './answer-memory.js'
import { estimateBytes } from './large-call.js'
import { startLease, type Lease, type LeaseTerms, type RunLease } from '../leases/lease.js'
import { Leases, type Work } from '../leases/leases.js'
import type { Decode } from './call.js'
import { packLater } from './large-call.js'
import { ReadLane, type ReadLimits } from './read-lane.js'
import { SlowTasks } from './slow-tasks.js'
import type { ReaderRunner, WriterRunner } from './task-runner.js'
import { WriteLane, type BatchLimits } from './write-lane.js'

export interface Runners {
  readonly reader: ReaderRunner
  readonly writer: WriterRunner
  /** Read leases run apart from reads, so that a long one keeps none waiting; asked for when first needed. */
  leaseReader(): ReaderRunner
}

export interface LaneLimits extends BatchLimits, ReadLimits {
  readonly leaseIdleTimeoutMs: number
}

type LanesStats = Pick<
  ExecutorStats,
  'commits' | 'averageBatch' | 'failedBatches' | 'oldestReaderMs' | 'read' | 'write'
>

/** Both lanes and the leases, over whatever carries their tasks: the part that executors on this machine share. */
export class Lanes {
  readonly #runners: Runners
  readonly #leaseIdleTimeoutMs: number
  readonly #maxQueuedBytes: number
  readonly #read: ReadLane
  readonly #write: WriteLane
  readonly #leases = new Leases(new AsyncLocalStorage())
  readonly #slowLeases = new SlowTasks(Infinity)
  readonly #lent = new Set<Lease<unknown>>()
  #isClosing = false

  constructor(runners: Runners, limits: LaneLimits) {
    this.#runners = runners
    this.#leaseIdleTimeoutMs = limits.leaseIdleTimeoutMs
    this.#maxQueuedBytes = limits.maxQueuedBytes
    this.#read = new ReadLane(runners.reader, limits)
    this.#write = new WriteLane(runners.writer, limits)
  }

  refusal(lane: Lane): ConvoDbError | undefined {
    return lane === 'read' ? this.#read.refusal() : this.#write.refusal()
  }

  /** The workers' handler table gives every name its own result; across threads only this signature can say so. */
  execute<N extends OperationName>(
    name: N,
    params: Prepared<N>,
    options: CallOptions,
    decode: DecodeAnswer<N>,
  ): Promise<Result<N>>
  execute(
    name: OperationName,
    params: Prepared<OperationName>,
    options: CallOptions,
    decode: Decode,
  ): Promise<unknown> {
    const lane = operations[name].lane === 'read' ? this.#read : this.#write
    if (lane === this.#write) this.#leases.assertNotInside('write', name)
    if (params instanceof Stepwise) return lane.prepare({ request: packLater(name, params), options, decode })
    const message = operationMessage(name, params)
    return lane.execute(message, estimateBytes(message), options, decode)
  }

  executeJson<N extends ReadOperationName>(
    name: N,
    params: Prepared<N>,
    form: AnswerForm,
    options: ChannelOptions,
  ): Promise<LentJson>
  executeJson(
    name: ReadOperationName,
    params: Prepared<ReadOperationName>,
    form: AnswerForm,
    options: ChannelOptions,
  ): Promise<unknown> {
    const { withinChannels } = options
    const ask = (operation: OperationMessage): OperationMessage =>
      askingForJson(operation, form, withinChannels)
    if (params instanceof Stepwise) {
      const request = mapSteps(packLater(name, params), ask)
      return this.#read.prepare({ request, options, decode: toLentJson })
    }
    const message = ask(operationMessage(name, params))
    return this.#read.execute(message, estimateBytes(message), options, toLentJson)
  }

  executeRequest(
    request: OperationRequest | Stepwise<OperationRequest>,
    options: CallOptions,
    decode: DecodeRequest,
  ): Promise<readonly unknown[]>
  executeRequest(
    request: OperationRequest | Stepwise<OperationRequest>,
    options: CallOptions,
    decode: Decode,
  ): Promise<unknown> {
    this.#leases.assertNotInside('write', 'batch or executeEach')
    if (request instanceof Stepwise) return this.#write.prepare({ request, options, decode })
    return this.#write.execute(request, estimateBytes(request), options, decode)
  }

  async withConnection<Value>(
    work: (connection: LentConnection) => Promise<Value> | Value,
    options: LeaseOptions,
  ): Promise<Value> {
    const { mode = 'read', idleTimeoutMs = this.#leaseIdleTimeoutMs, signal, timeoutMs } = options
    if (this.#isClosing) throw new ConvoDbError('CLOSED', 'The database is closed')
    this.#leases.assertNotInside(mode, 'withConnection')
    const deadlineMs = timeoutMs === undefined ? undefined : performance.now() + timeoutMs
    return this.#leases.track(mode, work, async (trackedWork) => {
      const restMs = () =>
        deadlineMs === undefined ? undefined : Math.max(0, deadlineMs - performance.now())
      const terms = () => ({
        idleTimeoutMs,
        maxCallBytes: this.#maxQueuedBytes,
        signal,
        timeoutMs,
        restMs: restMs(),
      })
      if (mode === 'write') return this.#lendWriter(trackedWork, terms, { signal, timeoutMs })
      const leaseReader = this.#runners.leaseReader()
      await this.#indexMessages()
      return this.#lendReader(leaseReader, trackedWork, terms())
    })
  }

  /** Does something when all writes before it are answered, and before those that come behind it are sent. */
  async inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const turn = Promise.withResolvers<Value>()
    await this.#write.runExclusive(() => {
      const done = work()
      turn.resolve(done)
      return done.catch(() => 'who waits for the turn is told')
    }, {})
    return turn.promise
  }

  async #lendWriter<Value>(
    work: Work<LentConnection, Value>,
    terms: () => LeaseTerms,
    options: CallOptions,
  ): Promise<Value> {
    const { writer } = this.#runners
    let lease: Lease<Value> | undefined
    await this.#write.runExclusive((batch) => {
      const askFate = async (): Promise<Fate | undefined> => {
        const asked = writer.run({ kind: 'fates', batches: [batch] })
        const outcome = await asked.catch(() => undefined)
        return outcome?.ok === true ? outcome.value[0] : undefined
      }
      const started = this.#start((task, transferList) => writer.run(task, transferList), work, {
        ...terms(),
        batch,
        askFate,
      })
      lease = started
      return started.over
    }, options)
    if (lease === undefined) throw new ConvoDbError('INTERNAL', 'The writer was free, but no lease began')
    return lease.result
  }

  #start<Value>(run: RunLease, work: Work<LentConnection, Value>, terms: LeaseTerms): Lease<Value> {
    const lease = startLease(run, work, terms)
    this.#lent.add(lease)
    void lease.over.then(() => this.#lent.delete(lease))
    return lease
  }

  /** A thread whose borrower has gone while SQL was running is replaced: nothing can interrupt it. */
  #lendReader<Value>(
    leaseReader: ReaderRunner,
    work: Work<LentConnection, Value>,
    terms: LeaseTerms,
  ): Promise<Value> {
    let isOver = false
    const { result } = this.#start(
      (task, transferList) =>
        this.#slowLeases.watch(
          () => isOver,
          (signal) => leaseReader.run(task, transferList, signal),
        ),
      work,
      terms,
    )
    return result.finally(() => (isOver = true))
  }

  /**
   * A borrower reads the tables itself, so they are made whole first. Where that fails (a full disk) reading is still
   * possible, with counters a few messages behind; whoever writes next is told what is wrong.
   */
  async #indexMessages(): Promise<void> {
    await this.#runners.writer.run({ kind: 'index' }).catch(() => undefined)
  }

  get isReadingIdle(): boolean {
    return this.#read.isIdle
  }

  ready(): Promise<void> {
    return this.#write.ready()
  }

  stats(): LanesStats {
    const { commits, averageBatch, failedBatches, ...write } = this.#write.stats()
    const oldestReaderMs = Math.max(this.#read.oldestMs(), this.#slowLeases.oldestMs())
    return { commits, averageBatch, failedBatches, oldestReaderMs, read: this.#read.stats(), write }
  }

  /** Takes no new calls; resolves when those accepted are answered and the leases are over. */
  async close(): Promise<void> {
    this.#isClosing = true
    await Promise.all([this.#read.close(), this.#write.close(), this.#leases.close()])
  }

  /** Ends all that is still under way, with this error or, of what the writer was given, OUTCOME_UNKNOWN. */
  abandon(closed: ConvoDbError): void {
    this.#isClosing = true
    this.#read.abandon(closed)
    this.#write.abandon(closed)
    // Before their threads are taken, which would tell them of a lost thread, and to try again.
    const ended = new ConvoDbError('CLOSED', `${closed.message}; what the lease had done is rolled back`)
    for (const lease of this.#lent) lease.end(ended)
    this.#slowLeases.abandon()
  }
}
