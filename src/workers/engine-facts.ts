import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'
import type { EngineFacts } from '../protocol/engine-facts.js'
import type { Outcome } from '../protocol/messages.js'
import { loadNativeCode } from './connection/load-native-code.js'
import { assertNativeBinding } from './connection/native-binding.js'
import { outcomeOf } from './connection/outcome.js'
import { applicationId, schemaVersion } from './schema/migrate.js'

/** A thread that loads SQLite, says which one it is, and ends. It touches no file. */
function readFacts(): EngineFacts {
  assertNativeBinding()
  const database = new Database(':memory:')
  const sqliteVersion = String(database.prepare('SELECT sqlite_version()').pluck().get())
  database.close()
  return { sqliteVersion, applicationId, schemaVersion }
}

loadNativeCode(workerData)
const outcome: Outcome<EngineFacts> = outcomeOf(readFacts)
parentPort?.postMessage(outcome)
