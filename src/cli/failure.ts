import { ConvoDbError } from '../protocol/errors.js'
import { colorsFor, printable } from './format.js'

/**
 * What went wrong first. Where a database can not be closed after that, as one whose file was removed, `await using` throws both as one
 * error that says neither.
 */
export function firstFailure(error: unknown): unknown {
  return error instanceof Error && 'suppressed' in error ? firstFailure(error.suppressed) : error
}

/** Says on stderr, in one line, why a command could not do what it was asked to. */
export function printFailure(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof ConvoDbError ? ` (${error.code})` : ''
  process.stderr.write(`${colorsFor(process.stderr).red(`convodb: ${printable(message)}${code}`)}\n`)
}
