import { randomInt } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import type { BatchAnswer, BatchOutcome } from '../protocol/batch.js'
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
import { checkpointNews, Checkpoints } from './log/checkpoints.js'
import type { Connection } from './connection/connection.js'
import { confirmOutcome } from './connection/damage.js'
import { isOfOneRow } from './connection/damaged-row.js'
import { Deadline } from './connection/deadline.js'
import { runWriteMessage } from './dispatch.js'
import { commitBatches, commitIndexing, failBatches, isDiskFault, type Batch } from './writer/group-commit.js'
import { listWideModes } from './files/file-modes.js'
import { FileWatch } from './files/file-watch.js'
import type { CommitMark } from './files/owner-file.js'
import { HeldLog } from './log/held-log.js'
import { serveLease } from './lease/serve-lease.js'
import { LockPatience } from './writer/lock-patience.js'
import { assertNativeBinding } from './connection/native-binding.js'
import { openLeaseConnection, openWriteConnection } from './connection/open.js'
import { failed, outcomeOf } from './connection/outcome.js'
import { countLostCommits } from './writer/lost-commits.js'
import { commitMarkOf, type OwnerLock } from './writer/owner-lock.js'
import { toErrorData } from './connection/sqlite-errors.js'
import { takeFile } from './writer/take-file.js'
import { checkpoint } from './tables/maintenance.js'
import {
  readCommits,
  readFates,
  recordBatch,
  recordOpening,
  recordTransaction,
} from './tables/committed-batches.js'
import { WriterQueue, type ImmediateTask, type QueuedTask } from './writer/queue.js'

/** The writer thread: the file's one read-write connection, and this process' hold on the file. */
const settings: ConnectionSettings = workerData
let ownerLock: OwnerLock | undefined
let connection: Connection | undefined
let isClosed = false

const tell = (news: WriterNews): void => parentPort?.postMessage(news)
const heldLog = new HeldLog(settings)
const fileWatch = new FileWatch(settings.path)
const patience = new LockPatience(settings.busyTimeoutMs)
const checkpoints = new Checkpoints(settings, tell, holdLog)

/** From now on nothing checkpoints, whether or not the snapshot can be taken at once. */
function holdLog(): void {
  if (!heldLog.isWanted) tell({ kind: 'logHeld' })
  heldLog.hold()
}

function open(): Connection {
  if (isClosed) throw new ConvoDbError('CLOSED', 'The database is closed')
  assertOurs()
  if (connection !== undefined) {
    patience.prepare(connection)
    return connection
  }
  assertNativeBinding()
  const deadline = new Deadline(settings.busyTimeoutMs)
  const mark = commitMarkOf(settings.path)
  ownerLock ??= takeFile(settings, deadline)
  connection = openWriteConnection(settings, deadline)
  noteLostCommits(connection, ownerLock, mark)
  heldLog.prepare()
  fileWatch.forgetLog()
  fileWatch.assertThere()
  return connection
}

/** To be called before anything is committed: the file is still there, and this process still its owner. */
function assertOurs(): void {
  fileWatch.assertThere()
  ownerLock?.assertHeld()
}

/** Commits that the log should hold and does not are told of; from now on those are noted that it does. */
function noteLostCommits(opened: Connection, lock: OwnerLock, mark: CommitMark | undefined): void {
  const found = readCommits(opened)
  const commits = countLostCommits(mark, found)
  if (commits > 0) tell({ kind: 'lostCommits', commits })
  lock.note({ ...found, previous: found.opening })
}

/** A number that no other opening of the file has had. */
function startOpening(opened: Connection): void {
  const { opening: previous } = readCommits(opened)
  const opening = randomInt(1, 2 ** 47)
  recordOpening(opened, opening)
  opened.memory.forget()
  ownerLock?.note({ opening, previous, commits: 0 })
}

/** A file that could not be opened is nobody's. */
function openFirst(): Outcome<void> {
  const outcome = outcomeOf(() => startOpening(open()))
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

/** So that the file's counters and places are whole soon after the last of many writes. */
const idleIndexingMs = 250
const idleIndexing = setTimeout(() => index(), idleIndexingMs).unref()

/** A borrower has the file's write lock. Nothing is unindexed then, and only the lease's own connection writes. */
let isLent = false

/** A fault that leaves nobody knowing what the system holds of the file is the end of the connection, whatever met it. */
function notingFaults<Value>(outcome: Outcome<Value>): Outcome<Value> {
  if (!outcome.ok && connection !== undefined && isDiskFault(outcome.error.code)) closeAfterFault()
  return outcome
}

/** Where it fails the messages stay unindexed, which readers know, and the next commit tells what is wrong. */
function index(): Outcome<void> {
  if (connection === undefined || isLent) return { ok: true, value: undefined }
  const merging = connection
  return confirmOutcome(
    settings.path,
    notingFaults(patience.withoutWaiting(merging, () => commitIndexing(merging))),
  )
}

/** Leaves no log behind where no other process still reads it and the disk has room for what it holds. */
async function close(): Promise<Outcome<void>> {
  isClosed = true
  const closing = connection
  connection = undefined
  clearTimeout(idleIndexing)
  await checkpoints.close()
  const outcome = outcomeOf(() => {
    if (closing === undefined) return
    const isThere = outcomeOf(() => fileWatch.assertThere(0))
    if (isThere.ok) emptyLog(closing)
    // Whose connection is closed last deletes the log by its name: never one that is held, nor another file's.
    if (isThere.ok && !heldLog.isWanted) heldLog.close()
    closing.close()
    if (!isThere.ok) throw ConvoDbError.from(isThere.error)
  })
  heldLog.close()
  release()
  return outcome
}

/**
 * Where that fails the log stays, with every commit in it, and the next opening goes on from there. A disk that is full need
 * not be asked again; one that failed must not.
 */
function emptyLog(closing: Connection): void {
  patience.withoutWaiting(closing, () => commitIndexing(closing))
  if (heldLog.isWanted) return
  const outcome = outcomeOf(() => closing.pragma('wal_checkpoint(TRUNCATE)'))
  if (!outcome.ok && isDiskFault(outcome.error.code)) holdLog()
}

/**
 * Lends the file to a borrower, on a connection that is made for this lease and closed after it. What is unindexed is indexed
 * and committed first, so that whoever reads meanwhile finds every table whole.
 */
async function lend(task: LeaseTask, source: number): Promise<Outcome<void>> {
  const indexed = confirmOutcome(settings.path, notingFaults(commitIndexing(open())))
  if (!indexed.ok) return indexed
  const lent = openLeaseConnection(settings)
  isLent = true
  const outcome = await serveLease(lent, settings.path, 'write', task, () => {
    assertOurs()
    recordTransaction(lent)
    recordBatch(lent, source, task.batch)
  })
  isLent = false
  if (lent.hasDiskFault) closeAfterFault()
  return outcome
}

/** Damage that a batch meets is looked at once more, on a new connection: nothing of the batch was committed. */
function commit(batches: readonly Batch[]): BatchAnswer[] {
  const answers = commitOnce(batches)
  if (!answers.some(hasMetDamage)) return answers
  closeAfterFault()
  return commitOnce(batches).map((answer) =>
    answer === 'inserted' ? answer : answer.map(confirmBatchOutcome),
  )
}

const hasMetDamage = (answer: BatchAnswer): boolean => answer !== 'inserted' && answer.some(isDamage)
const isDamage = (outcome: BatchOutcome): boolean =>
  typeof outcome === 'object' && !outcome.ok && outcome.error.code === 'CORRUPT' && !isOfOneRow(outcome.error)
const confirmBatchOutcome = (outcome: BatchOutcome): BatchOutcome =>
  typeof outcome === 'object' ? confirmOutcome(settings.path, outcome) : outcome

function commitOnce(batches: readonly Batch[]): BatchAnswer[] {
  try {
    idleIndexing.refresh()
    const writing = open()
    const answers = commitBatches(writing, batches)
    if (writing.memory.commits !== undefined) ownerLock?.noteCommits(writing.memory.commits)
    patience.note(answers)
    if (writing.hasDiskFault) closeAfterFault()
    else if (heldLog.isWanted) heldLog.hold()
    else checkpoints.noteCommit(writing)
    return answers
  } catch (error) {
    return failBatches(batches, toErrorData(error))
  }
}

function runAlone(operation: OperationMessage): AnyOutcome {
  const outcome = notingFaults(
    operation.name === 'checkpoint'
      ? checkpointNow(operation.params)
      : outcomeOf(() => runWriteMessage(open(), operation)),
  )
  return confirmOutcome(settings.path, outcome)
}

/** One that a caller asked for is told like any other. */
function checkpointNow(params: WireParams<'checkpoint'>): Outcome<CheckpointResult> {
  if (heldLog.isWanted) return failed(logIsHeld())
  // What the idle writer would index a moment later would not leave the log empty for long.
  if (params.mode === 'truncate') index()
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

async function run(task: QueuedTask, source: number): Promise<Outcome<void> | AnyOutcome> {
  try {
    switch (task.kind) {
      case 'open':
        return openFirst()
      case 'alone':
        return runAlone(task.operation)
      case 'lease':
        return await lend(task, source)
      case 'close':
        return await close()
    }
  } catch (error) {
    return confirmOutcome(settings.path, failed(error))
  }
}

function runAtOnce(task: ImmediateTask, source: number): Outcome<void> | Outcome<Fate[]> {
  return task.kind === 'index' ? index() : outcomeOf(() => readFates(open(), source, task.batches))
}

const queue = new WriterQueue({ commit, run, runAtOnce })
parentPort?.on('message', (offer: LinkOffer) => queue.attach(offer))
