import type { RunVerification } from '../../../postgres/index.js'
import { ConvoDbError } from '../../../protocol/errors.js'
import type { VerifyReport } from '../../../protocol/verify.js'
import { defaultBusyTimeoutMs } from '../../options.js'
import { withoutPassword } from '../../postgres-url.js'
import type { VerifyOptions } from '../../verify-database.js'
import { maxProblemsOf } from '../../verify-file.js'
import { loadEngine } from './load-engine.js'

/** @throws INVALID_ARGUMENT, CANNOT_OPEN, ABORTED */
export async function verifyWith(
  verify: RunVerification,
  path: string,
  options: VerifyOptions,
): Promise<VerifyReport> {
  const { signal, onProgress = () => undefined } = options
  const maxProblems = maxProblemsOf(options)
  const aborted = (): ConvoDbError =>
    new ConvoDbError('ABORTED', 'The verification was aborted by its signal')
  const isAborted = (): boolean => signal?.aborted === true
  if (isAborted()) throw aborted()
  try {
    return await verify(path, { maxProblems, signal, onProgress })
  } catch (error) {
    throw isAborted() ? aborted() : error
  }
}

/** Without opening it as a database. @throws INVALID_ARGUMENT, NOT_FOUND, CANNOT_OPEN, UNREACHABLE, OLDER_SCHEMA, NEWER_SCHEMA, ABORTED */
export async function verifyPostgres(url: string, options: VerifyOptions): Promise<VerifyReport> {
  const { verifyEngine } = await loadEngine()
  const settings = { url, statementTimeoutMs: 0, lockTimeoutMs: defaultBusyTimeoutMs }
  return verifyWith((path, how) => verifyEngine(settings, path, how), withoutPassword(url), options)
}
