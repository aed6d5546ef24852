import type fc from 'fast-check'
import { operations, type OperationName } from 'convodb'
import {
  isInteger,
  isList,
  isObject,
  isUnion,
  isWord,
  kindOf,
  typeOf,
  type Schema,
} from '../../../src/protocol/schema.js'
import { wrongInteger, wrongValues, type Make } from './wrong-values.js'

type Path = readonly (string | number)[]

/** One thing of one operation that can be broken. */
export interface Target {
  readonly name: OperationName
  readonly path: Path
  /** What it must refuse. */
  readonly wrong: fc.Arbitrary<Make>
  readonly isRequired: boolean
  readonly takesNull: boolean
}

const isNull = (schema: Schema): boolean => typeOf(schema) === 'null'

const isName = (name: string): name is OperationName => Object.hasOwn(operations, name)
const names = Object.keys(operations).filter(isName)

/** Every field of every operation, those of list items too, and the parameters as a whole: as the schemas say. */
export const targets: readonly Target[] = names.flatMap((name) => [
  { name, path: [], wrong: wrongValues.params, isRequired: true, takesNull: false },
  ...fieldsOf(name, operations[name].params.properties, []),
])

function fieldsOf(name: OperationName, properties: Readonly<Record<string, Schema>>, path: Path): Target[] {
  return Object.entries(properties).flatMap(([field, schema]) => {
    const place = [...path, field]
    const target = {
      name,
      path: place,
      wrong: wrongOf(schema),
      isRequired: schema.isOptional !== true,
      takesNull: isUnion(schema) && schema.anyOf.some(isNull),
    }
    const item = isList(schema) ? objectIn(schema.items) : undefined
    return item === undefined ? [target] : [target, ...fieldsOf(name, item, [...place, 0])]
  })
}

/** The fields of a list's items, where those are or may be objects. */
function objectIn(schema: Schema): Readonly<Record<string, Schema>> | undefined {
  const choices = isUnion(schema) ? schema.anyOf : [schema]
  return choices.find(isObject)?.properties
}

function wrongOf(schema: Schema): fc.Arbitrary<Make> {
  if (isUnion(schema)) {
    const first = schema.anyOf.find((choice) => !isNull(choice))
    return first === undefined || isWord(first) ? wrongValues.choice : wrongOf(first)
  }
  if (isList(schema)) return wrongValues.list
  if (typeOf(schema) === 'boolean') return wrongValues.flag
  if (isInteger(schema)) {
    return wrongInteger(Number(schema.minimum), Number(schema.maximum))
  }
  const kind = kindOf(schema)
  for (const [name, wrong] of Object.entries(wrongValues)) if (name === kind) return wrong
  throw new TypeError(`Nothing is known to be wrong for ${JSON.stringify(schema)}`)
}

/** The value with what stands at `path` replaced; `undefined` leaves a field out. */
export function replaceAt(value: unknown, path: Path, replacement: unknown): unknown {
  const [step, ...rest] = path
  if (step === undefined) return replacement
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => (index === step ? replaceAt(item, rest, replacement) : item))
  }
  const inner: unknown = Reflect.get(Object(value), step)
  const entries = Object.entries({ ...Object(value), [step]: replaceAt(inner, rest, replacement) })
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined))
}
