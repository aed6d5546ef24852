import { ConvoDbError } from '../../../protocol/errors.js'
import {
  operationMessage,
  type Outcome,
  type ReaderTask,
  type WriterTask,
} from '../../../protocol/messages.js'
import {
  operations,
  type OperationName,
  type Result,
  type WireParams,
  type WireResult,
} from '../../../protocol/operations.js'
import type { CallOptions } from '../../call-options.js'
import type { LaneStats } from '../../stats.js'
import type { LeasedConnection, LeaseOptions } from '../executor.js'
import { estimateBytes } from './byte-estimate.js'
import { runLease, type RunLease } from './lease.js'
import { Leases } from './leases.js'
import type { Decode } from './pending-call.js'
import { ReadLane } from './read-lane.js'
import type { TaskRunner } from './task-runner.js'
import { WriteLane, type BatchLimits } from './write-lane.js'

export interface Runners {
  readonly reader: TaskRunner<ReaderTask>
  readonly writer: TaskRunner<WriterTask>
  /** Read leases run apart from reads, so that a long one keeps none waiting; asked for when first needed. */
  leaseReader(): TaskRunner<ReaderTask>
}

export interface LaneLimits extends BatchLimits {
  readonly leaseIdleTimeoutMs: number
}

/** Both lanes and the leases, over whatever carries their tasks: the part that executors on this machine share. */
export class Lanes {
  readonly #runners: Runners
  readonly #leaseIdleTimeoutMs: number
  readonly #read: ReadLane
  readonly #write: WriteLane
  readonly #leases = new Leases()
  #isClosing = false

  constructor(runners: Runners, limits: LaneLimits) {
    this.#runners = runners
    this.#leaseIdleTimeoutMs = limits.leaseIdleTimeoutMs
    this.#read = new ReadLane(runners.reader, limits)
    this.#write = new WriteLane(runners.writer, limits)
  }

  /** The workers' handler table gives every name its own result; across threads only this signature can say so. */
  execute<N extends OperationName>(
    name: N,
    params: WireParams<N>,
    options: CallOptions,
    decode: (value: WireResult<N>) => Result<N>,
  ): Promise<Result<N>>
  execute(
    name: OperationName,
    params: WireParams<OperationName>,
    options: CallOptions,
    decode: Decode,
  ): Promise<unknown> {
    const message = operationMessage(name, params)
    const bytes = estimateBytes(message)
    if (operations[name].lane === 'read') return this.#read.execute(message, bytes, options, decode)
    this.#leases.assertNotInside('write', name)
    return this.#write.execute(message, bytes, options, decode)
  }

  async withConnection<Value>(
    work: (connection: LeasedConnection) => Promise<Value> | Value,
    options: LeaseOptions,
  ): Promise<Value> {
    const { mode = 'read', idleTimeoutMs = this.#leaseIdleTimeoutMs, signal, timeoutMs } = options
    if (this.#isClosing) throw new ConvoDbError('CLOSED', 'The database is closed')
    this.#leases.assertNotInside(mode, 'withConnection')
    const deadlineMs = timeoutMs === undefined ? undefined : performance.now() + timeoutMs
    return this.#leases.track(mode, work, async (trackedWork) => {
      const lease = (runTask: RunLease): Promise<Value> => {
        const restMs = deadlineMs === undefined ? undefined : Math.max(0, deadlineMs - performance.now())
        return runLease(runTask, trackedWork, { idleTimeoutMs, signal, timeoutMs: restMs })
      }
      if (mode === 'write') {
        const onWriter = () => lease((task, transferList) => this.#runners.writer.run(task, transferList))
        return this.#write.runExclusive(onWriter, { signal, timeoutMs })
      }
      const leaseReader = this.#runners.leaseReader()
      await this.#mergeRecent()
      return lease((task, transferList) => leaseReader.run(task, transferList))
    })
  }

  /**
   * A borrower reads the tables itself, so they are made whole first. Where that fails (a full disk) reading is still
   * possible, with counters a few messages behind; whoever writes next is told what is wrong.
   */
  async #mergeRecent(): Promise<void> {
    await this.#runners.writer.run<Outcome<void>>({ kind: 'merge' }).catch(() => undefined)
  }

  ready(): Promise<void> {
    return this.#write.ready()
  }

  stats(): { commits: number; averageBatch: number; read: LaneStats; write: LaneStats } {
    const { commits, averageBatch, ...write } = this.#write.stats()
    return { commits, averageBatch, read: this.#read.stats(), write }
  }

  /** Takes no new calls; resolves when those accepted are answered and the leases are over. */
  async close(): Promise<void> {
    this.#isClosing = true
    await Promise.all([this.#read.close(), this.#write.close(), this.#leases.close()])
  }
}
