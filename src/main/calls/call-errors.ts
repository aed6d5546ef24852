import { ConvoDbError } from '../../protocol/errors.js'
import { unreadable } from '../reading/reading.js'

/** An error as the answer to a call. What is none of our errors is a fault of ours: the caller's objects were read by then. */
export function answering(name: string, error: unknown): ConvoDbError {
  if (error instanceof ConvoDbError) return ConvoDbError.answering(name, error)
  const message = error instanceof Error ? error.message : String(error)
  return new ConvoDbError('INTERNAL', message, {}, { operation: name, cause: error })
}

/** An error that was met while parameters were read: what is none of ours, an object of the caller's has thrown. */
export function refusing(name: unknown, error: unknown): ConvoDbError {
  if (!(error instanceof ConvoDbError)) return unreadable()
  return typeof name === 'string' ? ConvoDbError.answering(name, error) : error
}
