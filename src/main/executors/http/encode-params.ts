import { maxItems } from '../../../protocol/limits.js'
import { isPlainObject } from '../../../protocol/json-form.js'
import { bytesToBase64 } from '../../../protocol/base64.js'
import { isDateObject, timeOf } from '../../../protocol/time.js'
import { isFloat32Array, toBytes } from '../../../protocol/vector.js'
import { JsonWriter } from '../../reading/json-writer.js'
import { refuseJson } from '../../reading/refuse-json.js'
import { Reading } from '../../reading/reading.js'

/** What is JSON by itself, of whatever the caller likes. */
const jsonFields: ReadonlySet<string> = new Set(['metadata', 'profile'])

/**
 * JSON of a value that JSON does not have, such as NaN. A list in a list is nothing that any field takes, so that the server, which
 * checks everything, refuses it by the field's name and in the same words as here.
 */
const notInJson = '[[]]'

/**
 * A call's parameters as JSON: times as epoch milliseconds, vectors as base64. Each value is read once.
 *
 * @throws INVALID_ARGUMENT for metadata or a profile that JSON can not carry, and a list that is too long
 */
export const encodeParams = (params: unknown): string => encode(params, new Reading())

function encode(value: unknown, reading: Reading): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return Number.isFinite(value) ? numberText(value) : notInJson
    case 'boolean':
      return String(value)
    case 'object':
      return value === null ? 'null' : encodeObject(value, reading)
    default:
      return notInJson
  }
}

/** JSON has a negative zero, which JavaScript does not write. */
const numberText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value))

/** Whether JSON carries a value as it is: most messages have no others. */
const isPlain = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'boolean' || value == null || Number.isFinite(value)

function encodeObject(value: object, reading: Reading): string {
  if (isPlainObject(value) && !('toJSON' in value) && Object.values(value).every(isPlain)) {
    return JSON.stringify(value)
  }
  if (isDateObject(value)) return encode(timeOf(value), reading)
  if (isFloat32Array(value)) return `"${bytesToBase64(toBytes(value))}"`
  if (Array.isArray(value)) return encodeList(value, reading)
  let text = ''
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue
    reading.field = key
    const json = jsonFields.has(key) && item !== null ? encodeJson(item, reading) : encode(item, reading)
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${json}`
  }
  return `{${text}}`
}

function encodeList(list: readonly unknown[], reading: Reading): string {
  const { field } = reading
  const { length } = list
  if (length > maxItems) reading.refuse(`must be a list of at most ${maxItems} items; it has ${length}`)
  let text = ''
  for (let index = 0; index < length; index += 1) {
    reading.list = field
    reading.index = index
    reading.field = ''
    text += `${index === 0 ? '' : ','}${encode(list[index], reading)}`
  }
  reading.list = undefined
  reading.field = field
  return `[${text}]`
}

function encodeJson(value: unknown, reading: Reading): string {
  const writer = new JsonWriter(value, reading.field)
  writer.run(Infinity)
  return writer.problem === undefined ? writer.text() : refuseJson(writer.problem, reading)
}
