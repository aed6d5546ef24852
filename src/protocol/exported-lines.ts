import { ConvoDbError } from './errors.js'
import { isPlainObject } from './json-form.js'
import { fromBytes, toBase64 } from './vector.js'

/** A row by the names of its fields, or a part of it. */
export type ExportedRow = { readonly [column: string]: unknown }

/** One line of NDJSON that says its kind, in JSON form; what is not there need not be said. */
export const toLine = (kind: string, row: ExportedRow): string =>
  `${JSON.stringify({ kind, ...toFields(row) })}\n`

const times: ReadonlySet<string> = new Set([
  'createdAt',
  'deletedAt',
  'editedAt',
  'endTime',
  'firstSeen',
  'forgottenAt',
  'lastActive',
  'reactedAt',
  'removedAt',
  'replacedAt',
  'startTime',
  'timestamp',
  'updatedAt',
])

function toFields(row: ExportedRow): ExportedRow {
  const fields: Record<string, unknown> = {}
  for (const [column, value] of Object.entries(row)) {
    if (value === null) continue
    if (times.has(column)) fields[column] = new Date(Number(value)).toISOString()
    else if (value instanceof Uint8Array) fields[column] = toBase64(fromBytes(value))
    else if (column === 'metadata' || column === 'profile')
      fields[column] = readJson(column, String(value), row)
    else fields[column] = value
  }
  return fields
}

function readJson(column: string, text: string, row: ExportedRow): unknown {
  try {
    const value: unknown = JSON.parse(text)
    if (isPlainObject(value)) return value
  } catch {
    // Told below.
  }
  const [id] = Object.values(row)
  throw new ConvoDbError(
    'CORRUPT',
    `The ${column} of '${String(id)}' is no JSON object: the file is damaged`,
    { id: String(id) },
  )
}
