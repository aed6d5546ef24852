import type { EngineFacts } from '../protocol/engine-facts.js'
import { ConvoDbError } from '../protocol/errors.js'
import type { Outcome } from '../protocol/messages.js'
import { startSqliteThread } from './file-job.js'
import { notStarted } from './not-started.js'
import { workerUrl } from './worker-url.js'

/** Loads SQLite in a thread, and asks which one it is. @throws WORKER_NOT_STARTED */
export function readEngineFacts(): Promise<EngineFacts> {
  const worker = startSqliteThread(workerUrl('engine-facts'), {})
  return new Promise((resolve, reject) => {
    worker.once('message', (outcome: Outcome<EngineFacts>) => {
      if (outcome.ok) resolve(outcome.value)
      else reject(ConvoDbError.from(outcome.error))
    })
    worker.once('error', (error) => reject(notStarted('SQLite', error)))
    worker.once('exit', (code) => reject(notStarted('SQLite', `it ended with ${code}`)))
  })
}
