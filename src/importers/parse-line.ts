import { ConvoDbError } from '../main/index.js'
import { isPlainObject } from '../protocol/json-form.js'
import type { Fields } from './ndjson.js'

/**
 * Reads one line of NDJSON: a JSON object. Whole numbers beyond 2^53 come as text, with all their digits.
 *
 * @param isExported tells a line that `convodb export` wrote: its long numbers are numbers, and stay so where that
 *   changes no digit.
 * @throws INVALID_ARGUMENT when it is no JSON object
 */
export function parseLine(text: string, isExported: (fields: Fields) => boolean): Fields {
  const plain = parseObject(text)
  if (!mayHoldLongNumbers.test(text)) return plain
  return parseObject(text, isExported(plain) ? keepChangedDigits : keepDigits)
}

type Reviver = (key: string, value: unknown, context?: { readonly source?: string }) => unknown

/**
 * Reads a JSON object as it is.
 *
 * @throws INVALID_ARGUMENT when it is none
 */
export function parseObject(text: string, reviver?: Reviver): Fields {
  const value = parseJson(text, reviver)
  if (!isPlainObject(value)) throw new ConvoDbError('INVALID_ARGUMENT', 'the line is not a JSON object')
  return value
}

function parseJson(text: string, reviver?: Reviver): unknown {
  try {
    return JSON.parse(text, reviver)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ConvoDbError('INVALID_ARGUMENT', `the line is not JSON: ${reason}`)
  }
}

const mayHoldLongNumbers = /\d{16}/

/** What reads JSON of other people's making, in which long numbers are ids, as those of Discord; undefined where there are none. */
export const keepingDigits = (text: string): Reviver | undefined =>
  mayHoldLongNumbers.test(text) ? keepDigits : undefined

/** A whole number beyond 2^53 would come back with other digits, so it is kept as the text that it was. */
const keepDigits: Reviver = (_, value, context) => longDigits(value, context?.source) ?? value

const keepChangedDigits: Reviver = (_, value, context) => {
  const digits = longDigits(value, context?.source)
  return digits === undefined || digits === String(value) ? value : digits
}

/** https://tc39.es/proposal-json-parse-with-source */
function longDigits(value: unknown, source: string | undefined): string | undefined {
  const isLong = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
  return isLong && source !== undefined && /^-?\d+$/.test(source) ? source : undefined
}
