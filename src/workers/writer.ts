import { parentPort, workerData } from 'node:worker_threads'
import type { BatchAnswer } from '../protocol/batch.js'
import { ConvoDbError } from '../protocol/errors.js'
import type {
  AnyOutcome,
  ConnectionSettings,
  Fate,
  LeaseTask,
  LinkOffer,
  Outcome,
  WriterNews,
} from '../protocol/messages.js'
import type { OperationMessage } from '../protocol/messages.js'
import type { CheckpointResult } from '../protocol/models.js'
import type { WireParams } from '../protocol/operations.js'
import { checkpointNews, Checkpoints } from './checkpoints.js'
import type { Connection } from './connection.js'
import { Deadline } from './deadline.js'
import { runWriteMessage } from './dispatch.js'
import { commitBatches, commitMerge, failBatches, isDiskFault, type Batch } from './group-commit.js'
import { listWideModes } from './file-modes.js'
import { HeldLog } from './held-log.js'
import { mergeInsertedMessages, stopMergingInsertedMessages } from './lease-triggers.js'
import { serveLease } from './lease.js'
import { openWriteConnection } from './open.js'
import { LockPatience } from './lock-patience.js'
import { failed, outcomeOf } from './outcome.js'
import type { OwnerLock } from './owner-lock.js'
import { setPragmas, writerPragmas } from './pragmas.js'
import { toErrorData } from './sqlite-errors.js'
import { takeFile } from './take-file.js'
import { checkpoint } from './tables/maintenance.js'
import { forgetBatches, readFates, recordBatch } from './tables/committed-batches.js'
import { WriterLinks, type OtherTask } from './writer-links.js'

/** The writer thread: the file's one read-write connection, and this process' hold on the file. */
const settings: ConnectionSettings = workerData
let ownerLock: OwnerLock | undefined
let connection: Connection | undefined
let isClosed = false

const tell = (news: WriterNews): void => parentPort?.postMessage(news)
const heldLog = new HeldLog(settings)
const patience = new LockPatience(settings.busyTimeoutMs)
const checkpoints = new Checkpoints(settings, tell, holdLog)

function holdLog(): void {
  if (heldLog.isHeld) return
  const { ok } = outcomeOf(() => heldLog.hold())
  if (ok) tell({ kind: 'logHeld' })
}

function open(): Connection {
  if (isClosed) throw new ConvoDbError('CLOSED', 'The database is closed')
  ownerLock?.assertHeld()
  if (connection !== undefined) {
    patience.prepare(connection)
    return connection
  }
  const deadline = new Deadline(settings.busyTimeoutMs)
  ownerLock ??= takeFile(settings, deadline)
  connection = openWriteConnection(settings, deadline)
  return connection
}

/** A file that could not be opened is nobody's. */
function openFirst(): Outcome<void> {
  const outcome = outcomeOf(() => forgetBatches(open()))
  if (!outcome.ok) release()
  else tell({ kind: 'wideModes', warnings: listWideModes(settings.path) })
  return outcome
}

function release(): void {
  ownerLock?.release()
  ownerLock = undefined
}

/**
 * After a fault of the disk the connection is not used again: what a failed sync has left in the system's memory is not
 * what is on the disk. The next task opens a new one, which reads the file anew.
 */
function closeAfterFault(): void {
  const closing = connection
  connection = undefined
  outcomeOf(() => closing?.close())
  tell({ kind: 'reopening' })
}

/** The lease under way. Whatever else arrives waits for its end. */
let leaseUnderWay: Promise<unknown> | undefined

/** So that the file's counters and places are whole soon after the last of many writes. */
const idleMergeMs = 250
const idleMerge = setTimeout(merge, idleMergeMs).unref()

/** Where it fails the messages stay recent, which readers know, and the next commit tells what is wrong. */
function merge(): Outcome<void> {
  if (connection === undefined || leaseUnderWay !== undefined) return { ok: true, value: undefined }
  const merging = connection
  const outcome = patience.withoutWaiting(merging, () => commitMerge(merging))
  if (!outcome.ok && isDiskFault(outcome.error.code)) closeAfterFault()
  return outcome
}

/** Leaves no log behind where no other process still reads it and the disk has room for what it holds. */
async function close(): Promise<Outcome<void>> {
  links.refuse()
  isClosed = true
  const closing = connection
  connection = undefined
  clearTimeout(idleMerge)
  await checkpoints.close()
  const outcome = outcomeOf(() => {
    if (closing === undefined) return
    patience.withoutWaiting(closing, () => commitMerge(closing))
    // Where the checkpoint fails the log stays, with every commit in it, and the next opening goes on from there.
    const emptied = outcomeOf(() => heldLog.isHeld || closing.pragma('wal_checkpoint(TRUNCATE)'))
    if (!emptied.ok && isDiskFault(emptied.error.code)) holdLog()
    closing.close()
  })
  heldLog.close()
  release()
  return outcome
}

async function whenFree(): Promise<void> {
  if (leaseUnderWay === undefined) return
  await leaseUnderWay
  // Another lease may have waited first.
  return whenFree()
}

async function lend(task: LeaseTask, source: number): Promise<Outcome<void>> {
  const lent = open()
  mergeInsertedMessages(lent)
  const outcome = await serveLease(lent, 'write', task, () => {
    recordBatch(lent, source, task.batch)
  })
  stopMergingInsertedMessages(lent)
  lent.memory.forget()
  // A borrower's PRAGMA must not outlive the lease: durability is everyone's.
  setPragmas(lent, writerPragmas(settings))
  return outcome
}

async function lease(task: LeaseTask, source: number): Promise<Outcome<void>> {
  const underWay = lend(task, source).finally(() => (leaseUnderWay = undefined))
  leaseUnderWay = underWay.catch(() => 'its task is told')
  return underWay
}

/** Never throws: how each operation ended is the result. */
async function commit(batches: readonly Batch[]): Promise<BatchAnswer[]> {
  try {
    if (leaseUnderWay !== undefined) await whenFree()
    idleMerge.refresh()
    const writing = open()
    const answers = commitBatches(writing, batches)
    patience.note(answers)
    if (writing.hasDiskFault) closeAfterFault()
    else if (!heldLog.isHeld) checkpoints.noteCommit(writing)
    return answers
  } catch (error) {
    return failBatches(batches, toErrorData(error))
  }
}

function runAlone(operation: OperationMessage): AnyOutcome {
  const outcome =
    operation.name === 'checkpoint'
      ? checkpointNow(operation.params)
      : outcomeOf(() => runWriteMessage(open(), operation))
  if (outcome.ok || connection === undefined || !isDiskFault(outcome.error.code)) return outcome
  closeAfterFault()
  return outcome
}

/** One that a caller asked for is told like any other. */
function checkpointNow(params: WireParams<'checkpoint'>): Outcome<CheckpointResult> {
  if (heldLog.isHeld) return failed(logIsHeld())
  // What the idle writer would merge a moment later would not leave the log empty for long.
  if (params.mode === 'truncate') merge()
  const startedAtMs = performance.now()
  const outcome = outcomeOf(() => checkpoint(open(), params))
  if (!outcome.ok && isDiskFault(outcome.error.code)) holdLog()
  // Where another checkpoint was under way SQLite knows no numbers.
  if (outcome.ok && outcome.value.walFrames >= 0) {
    const { walFrames, checkpointedFrames } = outcome.value
    const state = { log: walFrames, checkpointed: checkpointedFrames }
    tell(checkpointNews(state, performance.now() - startedAtMs))
  }
  return outcome
}

const logIsHeld = (): ConvoDbError =>
  new ConvoDbError(
    'IO_ERROR',
    'The disk failed while the log was copied into the file, so the log is held; close the database and open it again',
  )

/** Never throws: how a task ended is its result. */
async function run(task: OtherTask, source: number): Promise<Outcome<void> | AnyOutcome | Outcome<Fate[]>> {
  try {
    // Under a lease nothing is recent, and a reader that asks for a merge need not wait.
    if (leaseUnderWay !== undefined && task.kind !== 'merge') await whenFree()
    switch (task.kind) {
      case 'open':
        return openFirst()
      case 'alone':
        return runAlone(task.operation)
      case 'merge':
        return merge()
      case 'lease':
        return await lease(task, source)
      case 'fates':
        return outcomeOf(() => readFates(open(), source, task.batches))
      case 'close':
        return await close()
    }
  } catch (error) {
    return failed(error)
  }
}

const links = new WriterLinks({ commit, run })
parentPort?.on('message', (offer: LinkOffer) => links.attach(offer))
