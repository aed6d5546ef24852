import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'
import type { PythonAnswer, PythonReaderSettings } from '../protocol/python-database.js'
import { loadNativeCode } from './connection/load-native-code.js'
import { applicationId } from './schema/migrate.js'
import { readPythonDatabase } from './python/read-database.js'

/**
 * A thread that reads a database of the Python original, which is opened for reading only and may be in use. It answers each message with
 * the next page, so that no more is in memory than is asked for; it ends after the last one, or when it is told to by `end`.
 */
const { path }: PythonReaderSettings = workerData
loadNativeCode(workerData)

let database: Database.Database | undefined
let answers: Generator<PythonAnswer> | undefined

function open(): Generator<PythonAnswer> {
  database = new Database(path, { readonly: true, fileMustExist: true })
  // Ids of Discord's are beyond 2^53, and SQLite lets them be numbers.
  database.defaultSafeIntegers()
  if (Number(database.pragma('application_id', { simple: true })) === applicationId) return refuseOurs()
  return readPythonDatabase(database)
}

function* refuseOurs(): Generator<PythonAnswer> {
  const reason =
    'is a ConvoDB database: pipe `convodb export --db` of it into `convodb import -`, or use `convodb move`'
  yield { kind: 'failed', reason }
}

function next(): PythonAnswer {
  try {
    answers ??= open()
    const { value, done } = answers.next()
    return done === true ? { kind: 'end' } : value
  } catch (error) {
    return { kind: 'failed', reason: reasonOf(error) }
  }
}

/** A program that was killed leaves a journal, which is rolled back by whoever opens the file to write. */
function reasonOf(error: unknown): string {
  if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_READONLY')) {
    return 'can not be read: the program that wrote it was killed and left a journal; open it once with that program, or with sqlite3, and import it again'
  }
  return `can not be read: ${error instanceof Error ? error.message : String(error)}`
}

function close(): void {
  answers?.return(undefined)
  database?.close()
  parentPort?.close()
}

parentPort?.on('message', (request: 'next' | 'end') => {
  if (request === 'end') {
    close()
    return
  }
  const answer = next()
  parentPort?.postMessage(answer)
  if (answer.kind === 'end' || answer.kind === 'failed') close()
})
