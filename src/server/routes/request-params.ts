import { ConvoDbError } from '../../main/index.js'
import { operations, type OperationName } from '../../protocol/operations.js'
import { isInteger, isList, kindOf, typeOf, type Schema } from '../../protocol/schema.js'
import type { Resource } from './resource.js'

interface Given {
  readonly path: Readonly<Record<string, unknown>>
  readonly query: Readonly<Record<string, unknown>>
  readonly body: unknown
}

const hasBody = ({ method }: Resource): boolean => method !== 'GET' && method !== 'DELETE'

/**
 * An operation's parameters out of a request. They are checked where every call's are; here a query's texts become what they spell.
 *
 * @throws INVALID_ARGUMENT
 */
export function readRequestParams(resource: Resource, { path, query, body }: Given): unknown {
  const rest = hasBody(resource) ? fieldsOf(body) : readQuery(resource.operation, query)
  if (hasBody(resource)) refuseQuery(query, 'parameters come in the body')
  else refuseBody(body)
  for (const name of Object.keys(path)) {
    if (Object.hasOwn(rest, name)) throw wrong(name, 'is in the path; leave it out elsewhere')
  }
  const { listOf } = resource
  if (listOf === undefined) return { ...rest, ...path }
  const { [listOf.pathParam]: item, ...others } = path
  if (Object.hasOwn(rest, listOf.field)) throw wrong(listOf.field, 'is not a known field')
  return { ...rest, ...others, [listOf.field]: [item] }
}

/** Where nothing more than the path says has to be said, the body may be left out. */
function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  if (body === undefined || body === null) return {}
  if (typeof body !== 'object' || Array.isArray(body)) throw wrong('the body', 'must be a JSON object')
  return { ...body }
}

/** Of a door that takes none: what was dropped would be taken for heeded. @throws INVALID_ARGUMENT */
export function refuseQuery(query: unknown, instead = 'there is none here'): void {
  const [name] = Object.keys(Object(query))
  if (name !== undefined) throw wrong(name.slice(0, 200), `is not a known field of the query; ${instead}`)
}

/** Nothing in it would have been heeded; where it says nothing, it does no harm. @throws INVALID_ARGUMENT */
function refuseBody(body: unknown): void {
  const [name] = Object.keys(fieldsOf(body))
  if (name !== undefined) throw wrong(name.slice(0, 200), 'is in the body; parameters come in the query')
}

function readQuery(
  name: OperationName,
  query: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { properties } = operations[name].params
  return Object.fromEntries(
    Object.entries(query).map(([field, given]) => {
      const schema = Object.hasOwn(properties, field) ? properties[field] : undefined
      // A list's items are given one by one.
      if (schema !== undefined && isList(schema)) return [field, Array.isArray(given) ? given : [given]]
      if (typeof given !== 'string') throw wrong(field.slice(0, 200), 'may be given once only')
      return [field, schema === undefined ? given : fromText(schema, given)]
    }),
  )
}

const wholeNumber = /^-?\d{1,16}$/
const anyNumber = /^-?\d{1,16}(\.\d{1,16})?$/

/** What a text spells, where its field takes that; anything else stays text, which the field refuses. */
function fromText(schema: Schema, text: string): unknown {
  const kind = kindOf(schema)
  if ((kind === 'time' || isInteger(schema)) && wholeNumber.test(text)) return Number(text)
  if (kind === 'score' && anyNumber.test(text)) return Number(text)
  if (typeOf(schema) === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

const wrong = (field: string, expectation: string): ConvoDbError =>
  new ConvoDbError('INVALID_ARGUMENT', `${field} ${expectation}`, { field })
