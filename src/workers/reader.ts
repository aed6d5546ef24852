import { workerData } from 'piscina'
import type { ConnectionSettings, ReaderAnswer, ReaderTask } from '../protocol/messages.js'
import { meetAt } from './reading/barrier.js'
import { confirmOutcome } from './connection/damage.js'
import { serveLease } from './lease/serve-lease.js'
import { openReadConnection } from './connection/open.js'
import { failed, outcomeOf } from './connection/outcome.js'
import { ReaderConnection } from './reading/reader-connection.js'

/** A reader thread: one read-only connection, opened by its first task; each lease gets one of its own. */
const settings: ConnectionSettings = workerData
const connection = new ReaderConnection(settings)

/** The pool calls this for every task. Never throws: how a task ended is its result. */
export default function run(task: ReaderTask): ReaderAnswer {
  switch (task.kind) {
    case 'open': {
      const outcome = confirmOutcome(
        settings.path,
        outcomeOf(() => void connection.open()),
      )
      meetAt(task.barrier)
      return outcome
    }
    case 'operations':
      return connection.answer(task.operations)
    case 'lease':
      try {
        return serveLease(openReadConnection(settings), settings.path, 'read', task)
      } catch (error) {
        return confirmOutcome(settings.path, failed(error))
      }
    case 'scrub':
      return connection.scrub(task.place, task.rows)
    case 'close': {
      const outcome = outcomeOf(() => connection.close())
      meetAt(task.barrier)
      return outcome
    }
  }
}
