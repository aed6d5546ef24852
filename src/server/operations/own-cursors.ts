import { ConvoDbError } from '../../main/index.js'
import { isOperationName, operations } from '../../protocol/operations.js'
import type { Caller } from '../access/caller.js'

/** Whether an operation answers a page, which has a cursor. */
function isPaged(name: string): boolean {
  if (!isOperationName(name)) return false
  const properties: unknown = Reflect.get(operations[name].result.schema, 'properties')
  return Object.hasOwn(Object(properties), 'nextCursor')
}

/** What the database takes for no cursor, and refuses in its own words. */
const noCursor = 'none'

/** Parameters with the database's cursor in place of the caller's own. */
export function openCursor({ held }: Caller, name: string, params: unknown): unknown {
  const field = name === 'listChanges' ? 'after' : 'cursor'
  const sealed: unknown = Reflect.get(Object(params), field)
  if (held === null || typeof sealed !== 'string') return params
  return { ...Object(params), [field]: held.cursors.open(sealed) ?? noCursor }
}

/** A step of segmenting counts what happens in all channels: nobody is to see by its bytes whether that was anything. */
const sealFor = ({ cursors }: NonNullable<Caller['held']>, name: string, cursor: string): string =>
  name === 'getSegmentingStep' ? cursors.sealAnew(cursor) : cursors.seal(cursor)

/** A page, as the JSON that a reader wrote, with the caller's own cursor. */
export function sealCursorInJson({ held }: Caller, name: string, json: Uint8Array): Uint8Array {
  if (held === null || !isPaged(name)) return json
  const bytes = Buffer.from(json.buffer, json.byteOffset, json.byteLength)
  const start = bytes.lastIndexOf(cursorField)
  const [, cursor] =
    /^(?:null|"([\w-]+)")\}$/.exec(bytes.toString('latin1', start + cursorField.length)) ?? []
  if (cursor === undefined) {
    if (bytes.subarray(start).equals(lastPage)) return json
    throw new ConvoDbError('INTERNAL', 'A page does not end with its cursor')
  }
  const end = `${cursorField}"${sealFor(held, name, cursor)}"}`
  return Buffer.concat([bytes.subarray(0, start), Buffer.from(end)])
}

const cursorField = '"nextCursor":'
const lastPage = Buffer.from(`${cursorField}null}`)

/** The same for a result that is an object. */
export function sealCursor({ held }: Caller, name: string, value: unknown): unknown {
  if (held === null || !isPaged(name)) return value
  const page = { ...Object(value) }
  return typeof page.nextCursor === 'string'
    ? { ...page, nextCursor: sealFor(held, name, page.nextCursor) }
    : value
}
