import { base64ToBytes, bytesToBase64 } from '../../../protocol/base64.js'
import { ConvoDbError } from '../../../protocol/errors.js'
import type { SqlParams, SqlRow, SqlValue } from '../../../protocol/lease.js'

/** What JSON has not: `{ "bigint": "9007199254740993" }`, `{ "base64": "AAE=" }`, `{ "number": "Infinity" }`. */
type JsonSqlValue = string | number | null | { readonly [kind: string]: string }

function valueToJson(value: unknown): JsonSqlValue {
  if (value === null || typeof value === 'string') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : { number: String(value) }
  if (typeof value === 'bigint') return { bigint: String(value) }
  if (value instanceof Uint8Array) return { base64: bytesToBase64(value) }
  throw refused(`a ${typeof value}`)
}

function valueFromJson(json: unknown): SqlValue {
  if (json === null || typeof json === 'string' || typeof json === 'number') return json
  const [entry] = Object.entries(Object(json))
  const text = typeof entry?.[1] === 'string' ? entry[1] : ''
  if (entry?.[0] === 'bigint' && /^-?\d{1,20}$/.test(text)) return BigInt(text)
  if (entry?.[0] === 'number') return Number(text)
  const bytes = entry?.[0] === 'base64' ? base64ToBytes(text) : undefined
  if (bytes !== undefined) return bytes
  throw refused('no value of SQL')
}

const refused = (what: string): ConvoDbError =>
  new ConvoDbError(
    'INVALID_ARGUMENT',
    `params has ${what}; SQL takes text, numbers, bigints, bytes and null`,
    {
      field: 'params',
    },
  )

/** The parameters of a statement as JSON. @throws INVALID_ARGUMENT */
export const sqlParamsToJson = (params: SqlParams): unknown =>
  isList(params) ? params.map(valueToJson) : mapValues(params, valueToJson)

/** @throws INVALID_ARGUMENT */
export function sqlParamsFromJson(json: unknown): SqlParams {
  if (Array.isArray(json)) return json.map(valueFromJson)
  return mapValues(Object(json ?? []), valueFromJson)
}

export const sqlRowToJson = (row: SqlRow): unknown => mapValues(row, valueToJson)

export const sqlRowFromJson = (json: unknown): SqlRow => mapValues(Object(json), valueFromJson)

const isList = (params: SqlParams): params is readonly SqlValue[] => Array.isArray(params)

const mapValues = <From, To>(
  values: { readonly [name: string]: From },
  map: (value: From) => To,
): { readonly [name: string]: To } =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]))
