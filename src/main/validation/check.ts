import type { Static, TSchema } from 'typebox'
import type { Validator } from 'typebox/compile'
import { ConvoDbError } from '../../protocol/errors.js'

interface Problem {
  readonly field: string
  readonly depth: number
  readonly expectation: string
}

/**
 * The value, if it is what the schema says.
 *
 * @param whole what to call the value itself in messages, where no single field is wrong.
 * @throws INVALID_ARGUMENT naming the field, what was expected and what was given
 */
export function check<Schema extends TSchema>(
  validator: Validator<Record<never, never>, Schema>,
  value: unknown,
  whole: string,
): Static<Schema> {
  if (validator.Check(value)) return value
  const problems = validator.Errors(value).flatMap(toProblems)
  // The deepest is the most telling: 'messages[3].timestamp' rather than 'messages'.
  const depth = problems.reduce((deepest, candidate) => Math.max(deepest, candidate.depth), 0)
  const worst = problems.filter((candidate) => candidate.depth === depth)
  const [first] = worst
  const field = first?.field === undefined || first.field === '' ? whole : first.field
  const allowed = worst.filter((candidate) => candidate.expectation.startsWith("'"))
  const expectation =
    allowed.length > 0
      ? `must be ${allowed.map((candidate) => candidate.expectation).join(' or ')}`
      : (first?.expectation ?? 'is not valid')
  throw new ConvoDbError('INVALID_ARGUMENT', `${field} ${expectation}`, { field })
}

type SchemaError = ReturnType<Validator['Errors']>[number]

function toProblems(error: SchemaError): Problem[] {
  const path = error.instancePath.split('/').slice(1).map(unescapePointer)
  switch (error.keyword) {
    case 'required':
      return error.params.requiredProperties.map((name) => problem([...path, name], 'is missing'))
    case 'additionalProperties':
      return error.params.additionalProperties.map((name) => problem([...path, name], 'is not a known field'))
    case 'boolean':
    case 'anyOf':
      return []
    case 'const':
      return [problem(path, `'${String(error.params.allowedValue)}'`)]
    case '~refine':
      return [problem(path, `must be ${error.message}`)]
    default:
      return [problem(path, error.message)]
  }
}

function problem(path: readonly string[], expectation: string): Problem {
  const field = path.map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`)).join('')
  return { field: field.replace(/^\./, '').slice(0, 200), depth: path.length, expectation }
}

/** RFC 6901, section 4. */
const unescapePointer = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~')

/** @throws INVALID_ARGUMENT naming the parameter */
export function checkPath(path: unknown, field: string, expectation = "a file's path"): void {
  if (typeof path === 'string' && path !== '' && !path.includes('\0')) return
  throw new ConvoDbError('INVALID_ARGUMENT', `${field} must be ${expectation}`, { field })
}

/** @throws INVALID_ARGUMENT when there is nothing to run */
export function checkWork(work: unknown): void {
  if (typeof work === 'function') return
  throw new ConvoDbError('INVALID_ARGUMENT', 'work must be a function', { field: 'work' })
}
