import type { MessagePort } from 'node:worker_threads'
import { workerData } from 'piscina'
import type { BatchAnswer, BatchItem } from '../protocol/batch.js'
import type { AnyOutcome, ConnectionSettings, LeaseTask, Outcome, WriterTask } from '../protocol/messages.js'
import type { Connection } from './connection.js'
import { runWriteMessage } from './dispatch.js'
import { commitBatch, commitMerge, failBatch } from './group-commit.js'
import { mergeInsertedMessages, stopMergingInsertedMessages } from './lease-triggers.js'
import { serveLease } from './lease.js'
import { openWriteConnection } from './open.js'
import { failed, outcomeOf } from './outcome.js'
import { setPragmas, writerPragmas } from './pragmas.js'
import { toErrorData } from './sqlite-errors.js'
import { Checkpoints } from './checkpoints.js'
import { WriterPorts } from './writer-ports.js'

/** The writer thread: the file's one read-write connection, opened by its first task. */
const settings: ConnectionSettings = workerData
let connection: Connection | undefined

function open(): Connection {
  connection ??= openWriteConnection(settings)
  return connection
}

/** The lease under way. Whatever else arrives, from the pool or from a port, waits for its end. */
let leaseUnderWay: Promise<unknown> | undefined

/** So that the file's counters and places are whole soon after the last of many writes. */
const idleMergeMs = 250
const idleMerge = setTimeout(merge, idleMergeMs).unref()

/** Where it fails the messages stay recent, which readers know, and the next commit tells what is wrong. */
function merge(): Outcome<void> {
  return connection === undefined || leaseUnderWay !== undefined
    ? { ok: true, value: undefined }
    : commitMerge(connection)
}

const checkpoints = new Checkpoints(settings)

/** Leaves no log behind where no other process still reads it and the disk has room for what it holds. */
async function close(): Promise<void> {
  const closing = connection
  connection = undefined
  if (closing === undefined) return
  clearTimeout(idleMerge)
  await checkpoints.close()
  commitMerge(closing)
  // Where the checkpoint fails the log stays, with every commit in it, and the next opening goes on from there.
  outcomeOf(() => closing.pragma('wal_checkpoint(TRUNCATE)'))
  closing.close()
}

async function whenFree(): Promise<void> {
  if (leaseUnderWay === undefined) return
  await leaseUnderWay
  // Another lease may have waited first.
  return whenFree()
}

async function lend(task: LeaseTask): Promise<Outcome<void>> {
  const lent = open()
  mergeInsertedMessages(lent)
  const outcome = await serveLease(lent, 'write', task)
  stopMergingInsertedMessages(lent)
  lent.memory.forget()
  // A borrower's PRAGMA must not outlive the lease: durability is everyone's.
  setPragmas(lent, writerPragmas(settings))
  return outcome
}

async function lease(task: LeaseTask): Promise<Outcome<void>> {
  const underWay = lend(task).finally(() => (leaseUnderWay = undefined))
  leaseUnderWay = underWay.catch(() => 'its task is told')
  return underWay
}

/** Never throws: how each operation ended is the result. */
async function commit(items: readonly BatchItem[]): Promise<BatchAnswer> {
  try {
    if (leaseUnderWay !== undefined) await whenFree()
    idleMerge.refresh()
    const answer = commitBatch(open(), items)
    checkpoints.noteCommit(open())
    return answer
  } catch (error) {
    return failBatch(items, toErrorData(error))
  }
}

/** The pool calls this for every task. Never throws: how a task ended is its result. */
export default async function run(task: WriterTask): Promise<Outcome<void> | AnyOutcome | BatchAnswer> {
  try {
    // Under a lease nothing is recent, and a reader that asks for a merge need not wait.
    if (leaseUnderWay !== undefined && task.kind !== 'merge') await whenFree()
    switch (task.kind) {
      case 'open':
        task.newPorts.on('message', (port: MessagePort) => ports.attach(port))
        task.newPorts.unref()
        return outcomeOf(() => void open())
      case 'batch':
        return await commit(task.items)
      case 'alone':
        return outcomeOf(() => runWriteMessage(open(), task.operation))
      case 'merge':
        return merge()
      case 'lease':
        return await lease(task)
      case 'close':
        ports.close()
        await close()
        return { ok: true, value: undefined }
    }
  } catch (error) {
    return failed(error)
  }
}

/** Threads beside the main one, whose tasks run like the pool's. */
const ports = new WriterPorts(settings, { commit, run })
