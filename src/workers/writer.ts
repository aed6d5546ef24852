import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { QueuedKind, WriterHandlers } from '../protocol/answers.js'
import type { BatchAnswer } from '../protocol/batch.js'
import { ConvoDbError, type ErrorData } from '../protocol/errors.js'
import type {
  AnyOutcome,
  CheckpointerWanted,
  ConnectionSettings,
  OperationMessage,
  Outcome,
  WriterNews,
} from '../protocol/messages.js'
import type { Fate, LeaseTask, LinkOffer, WriterTask } from '../protocol/tasks.js'
import type { CheckpointResult } from '../protocol/models.js'
import type { WireParams } from '../protocol/operations.js'
import { confirmOutcome } from './connection/damage.js'
import { loadNativeCode } from './connection/load-native-code.js'
import { failed, outcomeOf } from './connection/outcome.js'
import { toErrorData } from './connection/sqlite-errors.js'
import { runWriteMessage } from './dispatch.js'
import { serveLease } from './lease/serve-lease.js'
import { checkpointNews } from './log/checkpoints.js'
import { readFates, recordBatch } from './tables/committed-batches.js'
import { checkpoint } from './tables/maintenance.js'
import { concernsConnection, isDamage } from './writer/faults.js'
import { commitBatches, commitIndexing, failBatches, type Batch } from './writer/group-commit.js'
import { WriterQueue } from './writer/queue.js'
import { WriterSession } from './writer/session.js'

/*
 * The writer thread. What it rests on:
 *
 * - One queue gives it one task at a time: batches that stand side by side, a lease, an operation outside transactions, the end.
 *   Indexing and the question what became of a batch come between, and never wait.
 * - The session knows the connection and its states (src/workers/writer/session.ts). Whatever a task meets passes `noteFault`,
 *   which tells it of faults that concern the connection: those the table of errors says so of.
 * - Everything is answered: a task's end is its result, and nothing is thrown to the queue.
 * - What reads as damage is looked at twice, on another connection, and told as damage only where the disk gives every byte.
 * - Counters and listings are indexed whenever nothing waits and enough has gathered, in a commit where that never is, and a quarter
 *   of a second after the last of many writes.
 */

const settings: ConnectionSettings = workerData
loadNativeCode(settings)

const tell = (news: WriterNews): void => parentPort?.postMessage(news)
const askForCheckpointer = (link: MessagePort): void => {
  const wanted: CheckpointerWanted = { kind: 'checkpointerWanted', link }
  parentPort?.postMessage(wanted, [link])
}
const session = new WriterSession(settings, tell, askForCheckpointer)

function noteFault(error: ErrorData | undefined): void {
  if (error !== undefined && concernsConnection(error)) session.fault()
}

/** Does a task's work and tells how it ended; a fault has had its consequences then. */
function perform<Value>(work: () => Outcome<Value>): Outcome<Value> {
  const outcome = work()
  if (!outcome.ok) noteFault(outcome.error)
  return confirmOutcome(settings.path, outcome)
}

/** Where it fails the messages stay unindexed, which readers know, and the next commit tells what is wrong. */
const indexNow = (): Outcome<void> => perform(() => session.indexNow())

const idleIndexingMs = 250
const idleIndexing = setTimeout(indexWhileIdle, idleIndexingMs).unref()

/** Words of many messages are indexed block by block, with as long a pause as each takes: what comes meanwhile comes between. */
function indexWhileIdle(): void {
  const startedAtMs = performance.now()
  const outcome = perform(() => session.indexWordsNow())
  if (outcome.ok && outcome.value) setTimeout(indexWhileIdle, performance.now() - startedAtMs).unref()
}

/** Between two tasks, while nothing waits; what fails is left for the next commit. */
function tidy(): boolean {
  const outcome = perform(() => session.tidy())
  return outcome.ok && outcome.value
}

/** The error that all operations of a batch got, where they did. */
function errorOf([answer]: readonly BatchAnswer[]): ErrorData | undefined {
  const outcome = answer === 'inserted' ? answer : answer?.[0]
  return typeof outcome === 'object' && !outcome.ok ? outcome.error : undefined
}

function commitOnce(batches: readonly Batch[]): BatchAnswer[] {
  idleIndexing.refresh()
  try {
    const connection = session.connect()
    const answers = commitBatches(connection, batches)
    const error = errorOf(answers)
    session.noteLock(error?.code === 'BUSY')
    if (error !== undefined && concernsConnection(error)) session.fault()
    else session.noteCommit(connection)
    return answers
  } catch (error) {
    return failBatches(batches, toErrorData(error))
  }
}

const damages = (answer: BatchAnswer): boolean =>
  answer !== 'inserted' &&
  answer.some((outcome) => typeof outcome === 'object' && !outcome.ok && isDamage(outcome.error))

/** Nothing of a batch that met damage was committed, so it is tried once more, on a new connection. */
function commit(batches: readonly Batch[]): BatchAnswer[] {
  const answers = commitOnce(batches)
  if (!answers.some(damages)) return answers
  session.fault()
  return commitOnce(batches).map((answer) =>
    answer === 'inserted'
      ? answer
      : answer.map((outcome) =>
          typeof outcome === 'object' ? confirmOutcome(settings.path, outcome) : outcome,
        ),
  )
}

/**
 * Lends the file to a borrower, on a connection that is made for this lease and closed after it. What is unindexed is indexed
 * and committed first, so that whoever reads meanwhile finds every table whole.
 */
async function lend(task: LeaseTask, source: number): Promise<Outcome<void>> {
  const indexed = perform(() => commitIndexing(session.connect()))
  if (!indexed.ok) return indexed
  const lent = session.lend()
  try {
    return await serveLease(lent, settings.path, 'write', task, {
      beforeCommit() {
        session.assertOurs()
        recordBatch(lent, source, task.batch)
      },
      afterCommit: () => session.tellCommit(lent),
    })
  } finally {
    session.takeBack(lent)
  }
}

/** One that a caller asked for is told like any other. */
function checkpointNow(params: WireParams<'checkpoint'>): Outcome<CheckpointResult> {
  if (session.isLogHeld) return failed(logIsHeld())
  // What the idle writer would index a moment later would not leave the log empty for long.
  if (params.mode === 'truncate') indexNow()
  const startedAtMs = performance.now()
  const outcome = outcomeOf(() => checkpoint(session.connect(), params))
  if (!outcome.ok && concernsConnection(outcome.error)) session.holdLog()
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

function runAlone(operation: OperationMessage): AnyOutcome {
  return operation.name === 'checkpoint'
    ? checkpointNow(operation.params)
    : outcomeOf(() => runWriteMessage(session.connect(), operation))
}

const handlers: WriterHandlers = {
  open() {
    const outcome = session.begin()
    idleIndexing.refresh()
    return outcome
  },
  alone({ operation }) {
    idleIndexing.refresh()
    return perform(() => runAlone(operation))
  },
  lease: lend,
  close() {
    clearTimeout(idleIndexing)
    return session.end()
  },
}

async function run<Kind extends QueuedKind>(task: WriterTask<Kind>, source: number) {
  try {
    return await handlers[task.kind](task, source)
  } catch (error) {
    return perform(() => failed(error))
  }
}

const readFatesNow = (source: number, batches: readonly number[]): Outcome<Fate[]> =>
  perform(() => outcomeOf(() => readFates(session.connect(), source, batches)))

const queue = new WriterQueue({ commit, run, tidy, indexNow, readFates: readFatesNow })
parentPort?.on('message', (offer: LinkOffer) => queue.attach(offer))
