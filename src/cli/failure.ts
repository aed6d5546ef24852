import { ConvoDbError } from '../protocol/errors.js'
import { colorsFor } from './format.js'
import { printable } from './format.js'

/** Says on stderr, in one line, why a command could not do what it was asked to. */
export function printFailure(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof ConvoDbError ? ` (${error.code})` : ''
  process.stderr.write(`${colorsFor(process.stderr).red(`convodb: ${printable(message)}${code}`)}\n`)
}
