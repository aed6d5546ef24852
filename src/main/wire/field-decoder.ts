import { Type, type TSchema } from 'typebox'
import type { ErrorDetails } from '../../protocol/errors.js'
import type { ResultKind } from '../../protocol/results.js'
import { readJson, type ParseJson } from '../../protocol/read-json.js'

export type DecodeField = (value: unknown, field: string, row: ErrorDetails, parse: ParseJson) => unknown

const byKind: { readonly [Kind in ResultKind]: DecodeField } = {
  time: (value) => new Date(Number(value)),
  json: (value, field, row, parse) => readJson(String(value), field, row, parse),
}

const isKind = (kind: unknown): kind is ResultKind => typeof kind === 'string' && Object.hasOwn(byKind, kind)

/** How a field becomes what callers see; undefined where it crosses threads as it is. */
export function fieldDecoder(schema: TSchema): DecodeField | undefined {
  const [value] = Type.IsUnion(schema) ? schema.anyOf : [schema]
  const kind: unknown = value === undefined ? undefined : Reflect.get(value, 'kind')
  return isKind(kind) ? byKind[kind] : undefined
}
