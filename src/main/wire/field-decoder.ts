import type { ErrorDetails } from '../../protocol/errors.js'
import type { ResultKind } from '../../protocol/results.js'
import { readJson, type ParseJson } from '../../protocol/read-json.js'
import { isUnion, kindOf, type Schema } from '../../protocol/schema.js'

export type DecodeField = (value: unknown, field: string, row: ErrorDetails, parse: ParseJson) => unknown

const byKind: { readonly [Kind in ResultKind]: DecodeField } = {
  time: (value) => new Date(Number(value)),
  json: (value, field, row, parse) => readJson(String(value), field, row, parse),
}

const isKind = (kind: string): kind is ResultKind => Object.hasOwn(byKind, kind)

/** How a field becomes what callers see; undefined where it crosses threads as it is. */
export function fieldDecoder(schema: Schema): DecodeField | undefined {
  const [value] = isUnion(schema) ? schema.anyOf : [schema]
  const kind = value === undefined ? undefined : kindOf(value)
  return kind !== undefined && isKind(kind) ? byKind[kind] : undefined
}
