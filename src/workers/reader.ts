import { workerData } from 'piscina'
import type { AnyOutcome, ConnectionSettings, Outcome, ReaderTask } from '../protocol/messages.js'
import { meetAt } from './barrier.js'
import type { Connection } from './connection.js'
import { serveLease } from './lease/serve-lease.js'
import { openReadConnection } from './open.js'
import { failed, outcomeOf } from './outcome.js'
import { readTogether } from './snapshot.js'

/** A reader thread: one read-only connection, opened by its first task. */
const settings: ConnectionSettings = workerData
let connection: Connection | undefined

function open(): Connection {
  connection ??= openReadConnection(settings)
  return connection
}

function close(): void {
  connection?.close()
  connection = undefined
}

/** The pool calls this for every task. Never throws: how a task ended is its result. */
export default function run(task: ReaderTask): Outcome<void> | Promise<Outcome<void>> | AnyOutcome[] {
  switch (task.kind) {
    case 'open': {
      const outcome = outcomeOf(() => void open())
      meetAt(task.barrier)
      return outcome
    }
    case 'operations':
      return readTogether(open, task.operations)
    case 'lease':
      try {
        return serveLease(openReadConnection(settings), 'read', task)
      } catch (error) {
        return failed(error)
      }
    case 'close': {
      const outcome = outcomeOf(close)
      meetAt(task.barrier)
      return outcome
    }
  }
}
