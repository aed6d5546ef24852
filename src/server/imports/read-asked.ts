import { formatNames, type FormatName } from '../../importers/formats/format.js'
import { ConvoDbError } from '../../main/index.js'
import type { AskedImport } from './messages.js'

/**
 * What the query of an import asks for.
 *
 * @throws INVALID_ARGUMENT naming the field
 */
export function readAsked(query: Readonly<Record<string, unknown>>): AskedImport {
  const { name, format, dryRun, strict, ...rest } = query
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) throw wrong(unknown.slice(0, 200), 'is not a known field of the query')
  return {
    name: readName(name),
    format: readFormat(format),
    dryRun: readFlag('dryRun', dryRun),
    strict: readFlag('strict', strict),
  }
}

/** As long as a file system lets names be. */
const maxNameBytes = 255

/** A file's own name: the file is kept under it for a while. */
function readName(given: unknown): string {
  if (given === undefined) return 'upload'
  const isName =
    typeof given === 'string' &&
    /^[^/\\\p{Cc}]+$/u.test(given) &&
    Buffer.byteLength(given) <= maxNameBytes &&
    !/^\.{1,2}$/.test(given)
  if (isName) return given
  throw wrong('name', `must be a file's name of up to ${maxNameBytes} bytes, without a path`)
}

const isFormat = (given: unknown): given is FormatName => formatNames.some((name) => name === given)

function readFormat(given: unknown): FormatName | undefined {
  if (given === undefined || isFormat(given)) return given
  throw wrong('format', `must be one of ${formatNames.join(', ')}`)
}

function readFlag(field: string, given: unknown): boolean {
  if (given === undefined || given === 'false') return false
  if (given === 'true') return true
  throw wrong(field, "must be 'true' or 'false'")
}

const wrong = (field: string, expectation: string): ConvoDbError =>
  new ConvoDbError('INVALID_ARGUMENT', `${field} ${expectation}`, { field })
