import { channel } from 'node:diagnostics_channel'

/**
 * Events for tracing tools, on channels of `node:diagnostics_channel`. Nobody listening, they cost a comparison.
 *
 * @example
 * import { subscribe } from 'node:diagnostics_channel'
 * subscribe(diagnosticsChannels.commit, (event) => console.log(event))
 */
export const diagnosticsChannels = {
  commit: 'convodb:commit',
  checkpoint: 'convodb:checkpoint',
  damage: 'convodb:damage',
  workerStart: 'convodb:worker:start',
  workerEnd: 'convodb:worker:end',
} as const

/** `convodb:commit`: a batch of this thread's was answered. `durationMs` is from sending it to its answer. */
export interface CommitEvent {
  readonly operations: number
  /** False when the transaction failed as a whole; an operation may fail in one that was committed. */
  readonly isCommitted: boolean
  readonly durationMs: number
}

/** `convodb:checkpoint`: the log was copied into the file, as far as readers let it. */
export interface CheckpointEvent {
  readonly path: string
  readonly walFrames: number
  readonly checkpointedFrames: number
  readonly durationMs: number
}

/** `convodb:damage`: a row that is not what its checksum says; without a key, a table that can not be read on. */
export interface DamageEvent {
  readonly path: string
  readonly table: string
  readonly key: string | null
}

export type WorkerRole = 'reader' | 'leaseReader' | 'writer'

/** `convodb:worker:start`: a thread was started, the first time or in place of one that ended. */
export interface WorkerStartEvent {
  readonly path: string
  readonly role: WorkerRole
}

/** `convodb:worker:end`: a thread ended, because the database was closed or by a fault. */
export interface WorkerEndEvent {
  readonly path: string
  readonly role: WorkerRole
  readonly exitCode?: number | undefined
  readonly error?: Error | undefined
}

const commits = channel(diagnosticsChannels.commit)
const checkpoints = channel(diagnosticsChannels.checkpoint)
const damages = channel(diagnosticsChannels.damage)
const workerStarts = channel(diagnosticsChannels.workerStart)
const workerEnds = channel(diagnosticsChannels.workerEnd)

export function publishCommit(event: CommitEvent): void {
  if (commits.hasSubscribers) commits.publish(event)
}

export function publishCheckpoint(event: CheckpointEvent): void {
  if (checkpoints.hasSubscribers) checkpoints.publish(event)
}

export function publishDamage(event: DamageEvent): void {
  if (damages.hasSubscribers) damages.publish(event)
}

export function publishWorkerStart(event: WorkerStartEvent): void {
  if (workerStarts.hasSubscribers) workerStarts.publish(event)
}

export function publishWorkerEnd(event: WorkerEndEvent): void {
  if (workerEnds.hasSubscribers) workerEnds.publish(event)
}
