import { parseTime } from '../../../protocol/time.js'
import type { JsonObject, JsonValue } from '../../../protocol/models.js'
import { isPlainObject } from '../../../protocol/json-form.js'
import type { PythonRow } from '../../../protocol/python-database.js'
import type { Notes } from '../../notes.js'
import { keepingDigits } from '../../parse-line.js'

/** Columns of the original, of which any may be missing or hold another kind of value: SQLite lets them. */

export function textOf(row: PythonRow, column: string): string | undefined {
  const value = row[column]
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8')
  return value === null || value === undefined ? undefined : String(value)
}

export function numberOf(row: PythonRow, column: string): number | undefined {
  const value = row[column]
  const number = typeof value === 'bigint' || typeof value === 'string' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

/**
 * A time: ISO 8601, or as Python's sqlite3 and SQLite's own CURRENT_TIMESTAMP write it, in UTC where it names no zone; or seconds since 1970.
 * What is none of these is handed on as it is, for a check to refuse.
 */
export function timeOf(row: PythonRow, column: string): number | string | undefined {
  const value = row[column]
  if (value === null || value === undefined) return undefined
  const text = (textOf(row, column) ?? '').trim()
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.round(Number(text) * millisecondsIn(Number(text)))
  // Python may leave out the colon of a zone, and the minutes, and put a blank before it or its name.
  const standard = text
    .replace(/(?<=:\d{2}(?:\.\d+)?) (?=[+-]\d{2})/, '')
    .replace(/(?<=:\d{2}(?:\.\d+)?) ?(?:UTC|GMT)$/, 'Z')
    .replace(/(?<=:\d{2}(?:\.\d+)?[+-]\d{2}):?(?<minutes>\d{2})?$/, (_, minutes = '00') => `:${minutes}`)
  return parseTime(standard) ?? text
}

/** A Date's last (ECMA-262, 21.4.1.1). */
const maxTimeMs = 8.64e15

/** Numbers are of seconds, as `time.time()` has them, or of their thousandths, millionths or billionths: by their size. */
function millisecondsIn(number: number): number {
  if (number < 1e11) return 1_000
  if (number < 1e14) return 1
  return number < 1e17 ? 1e-3 : 1e-6
}

/** A time that a row can do without: of what is none the rest goes in. */
export function optionalTimeOf(row: PythonRow, column: string, notes: Notes): number | undefined {
  const time = timeOf(row, column)
  if (time === undefined || (typeof time === 'number' && Math.abs(time) <= maxTimeMs)) return time
  notes.skip(`times that are none, in ${column}`)
  return undefined
}

/** JSON of a column, in which whole numbers beyond 2^53 come as text, with all their digits; text that is none comes as text. */
export function jsonOf(row: PythonRow, column: string): JsonValue | undefined {
  const text = textOf(row, column)
  if (text === undefined || text === '') return undefined
  try {
    const value: JsonValue = JSON.parse(text, keepingDigits(text))
    return value ?? undefined
  } catch {
    return text
  }
}

const isObject = (value: JsonValue | undefined): value is JsonObject => isPlainObject(value)

/** An object of a column; of what is none a field `text` says what it is. */
export function objectOf(row: PythonRow, column: string): JsonObject {
  const value = jsonOf(row, column)
  if (value === undefined) return {}
  return isObject(value) ? value : { text: value }
}

/** A blob of little-endian float32; undefined where it is none, or holds what is no number. */
export function vectorOf(row: PythonRow, column: string): Float32Array | undefined {
  const value = row[column]
  if (!(value instanceof Uint8Array) || value.byteLength === 0 || value.byteLength % 4 !== 0) return undefined
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength)
  const vector = Float32Array.from({ length: value.byteLength / 4 }, (_, index) =>
    view.getFloat32(4 * index, true),
  )
  return vector.every(Number.isFinite) ? vector : undefined
}
