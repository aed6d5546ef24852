import { workerData } from 'node:worker_threads'
import type { ReaderHandlers } from '../protocol/answers.js'
import { KnownFile } from '../protocol/known-file.js'
import type { ConnectionSettings } from '../protocol/messages.js'
import type { ReaderTask } from '../protocol/tasks.js'
import { confirmOutcome } from './connection/damage.js'
import { loadNativeCode } from './connection/load-native-code.js'
import { openReadConnection } from './connection/open.js'
import { failed, outcomeOf } from './connection/outcome.js'
import { serveLease } from './lease/serve-lease.js'
import { meetAt } from './reading/barrier.js'
import { ReaderConnection } from './reading/reader-connection.js'

/** A reader thread of a pool, started with its settings: one read-only connection, opened by its first task; each lease gets one of its own. */
const settings: ConnectionSettings = workerData
const connection = new ReaderConnection(settings)

// Not at once: the pool requires this module, and Node works on it after its last line, where a thread must not be ended either.
queueMicrotask(() => loadNativeCode(settings))

const handlers: ReaderHandlers = {
  open({ barrier }) {
    const outcome = outcomeOf(() => {
      // The writer may be creating it.
      if (settings.knownFile !== undefined) new KnownFile(settings.knownFile).wait()
      connection.open()
    })
    meetAt(barrier)
    return confirmOutcome(settings.path, outcome)
  },
  operations: ({ operations }) => connection.answer(operations),
  lease(task) {
    try {
      return serveLease(openReadConnection(settings), settings.path, 'read', task)
    } catch (error) {
      return confirmOutcome(settings.path, failed(error))
    }
  },
  scrub: ({ place, rows }) => connection.scrub(place, rows),
  close({ barrier }) {
    const outcome = outcomeOf(() => connection.close())
    meetAt(barrier)
    return outcome
  },
}

/** The pool calls this for every task. */
export default function run<Kind extends ReaderTask['kind']>(task: ReaderTask<Kind>) {
  return handlers[task.kind](task)
}
