import type { ErrorCode } from '../../../protocol/errors.js'
import type { VerifierSettings, VerifyProgress, VerifyReport } from '../../../protocol/verify.js'
import { outcomeOf } from '../../connection/outcome.js'
import { commitMarkOf } from '../../writer/owner-lock.js'
import { toErrorData } from '../../connection/sqlite-errors.js'
import { activity } from './activity.js'
import { bookkeeping } from './bookkeeping.js'
import { checksums } from './checksums.js'
import { counters } from './counters.js'
import { foreignKeys } from './foreign-keys.js'
import { Inspection, type Check } from './inspection.js'
import { integrity } from './integrity.js'
import { names } from './names.js'
import { assertCurrent, openToVerify } from './open.js'
import { pendingEmbeddings } from './pending-embeddings.js'
import { places } from './channel-messages.js'
import { references } from './references.js'
import { schema } from './schema.js'
import { typedMessages } from './typed-messages.js'
import { userMessages } from './user-messages.js'
import { vectorBlocks } from './vector-blocks.js'
import { vectors } from './vectors.js'
import { words } from './words.js'

/** Causes before what follows from them: the schema before the rows, the rows before what is counted from them. */
const checks: readonly Check[] = [
  integrity,
  schema,
  foreignKeys,
  bookkeeping,
  checksums,
  activity,
  references,
  places,
  typedMessages,
  userMessages,
  counters,
  names,
  words,
  vectors,
  vectorBlocks,
  pendingEmbeddings,
]

/** These are no damage of the file. */
const notDamage: ReadonlySet<ErrorCode> = new Set(['ABORTED', 'BUSY', 'CANNOT_OPEN'])

/** What a file is like that SQLite refuses to read at all. */
const unreadable: ReadonlySet<ErrorCode> = new Set(['CORRUPT', 'IO_ERROR'])

/**
 * Verifies a file, each check in a snapshot of its own. What keeps a check from its end is a problem, too, and the others go
 * on.
 *
 * @param onProgress is called again and again; what it throws ends the verification.
 * @throws NOT_FOUND, CANNOT_OPEN, NOT_A_CONVODB_FILE, OLDER_SCHEMA, NEWER_SCHEMA, BUSY, and what `onProgress` throws
 */
export function verifyFile(
  { path, busyTimeoutMs, maxProblems }: Omit<VerifierSettings, 'stop'>,
  onProgress: (progress: VerifyProgress) => void,
): VerifyReport {
  const startedAtMs = performance.now()
  // Before the file is looked at: an owner that goes on is further there than here, never behind.
  const mark = commitMarkOf(path)
  const connection = openToVerify(path, busyTimeoutMs)
  try {
    const inspection = new Inspection(connection, mark, maxProblems, onProgress)
    if (isReadable(inspection, path)) checks.forEach((check, index) => runCheck(inspection, check, index))
    const { problems, hasMoreProblems, checkedRows } = inspection
    const elapsedMs = Math.round(performance.now() - startedAtMs)
    return { path, isOk: problems.length === 0, problems, hasMoreProblems, checkedRows, elapsedMs }
  } finally {
    outcomeOf(() => connection.close())
  }
}

function isReadable(inspection: Inspection, path: string): boolean {
  try {
    assertCurrent(inspection.connection, path)
    return true
  } catch (error) {
    const { code, message } = toErrorData(error)
    if (!unreadable.has(code)) throw error
    inspection.report({ message })
    return false
  }
}

function runCheck(inspection: Inspection, check: Check, index: number): void {
  const { connection } = inspection
  if (inspection.hasMoreProblems) return
  inspection.begin(check, index, checks.length)
  try {
    connection.exec('BEGIN')
    check.run(inspection)
  } catch (error) {
    const { code, message } = toErrorData(error)
    if (notDamage.has(code)) throw error
    inspection.report({ message: `This could not be checked to its end: ${message}` })
  } finally {
    outcomeOf(() => connection.inTransaction && connection.exec('ROLLBACK'))
  }
}
