import type { Reader } from './reading.js'
import type { Kind } from '../../protocol/fields.js'
import { foldName } from '../../protocol/fold-name.js'
import { maxDimension, maxIdLength, maxNameLength, maxTextLength } from '../../protocol/limits.js'
import { parseTime } from '../../protocol/time.js'
import { parseVector } from '../../protocol/vector.js'
import { JsonWriter } from './json-writer.js'
import { refuseJson } from './refuse-json.js'

const count = (number: number): string => number.toLocaleString('en-US')

export const readId: Reader<string> = (given, reading) => {
  if (typeof given === 'string' && given.length > 0 && given.length <= maxIdLength && given.isWellFormed()) {
    reading.weight += given.length
    return given
  }
  return reading.refuse(`must be well-formed text of 1 to ${count(maxIdLength)} characters`)
}

const readHash: Reader<string> = (given, reading) =>
  typeof given === 'string' && /^[0-9a-f]{64}$/.test(given)
    ? given
    : reading.refuse('must be a SHA-256 in lower-case hexadecimal')

const readName: Reader<string> = (given, reading) => {
  if (typeof given === 'string' && given.length <= maxNameLength && given.isWellFormed()) {
    reading.weight += given.length
    return given
  }
  return reading.refuse(`must be well-formed text of at most ${count(maxNameLength)} characters`)
}

/** Every part of it is in the search index, so that a character which is written out as many counts as many. */
const readDisplayName: Reader<string> = (given, reading) => {
  const name = readName(given, reading)
  if (foldName(name).length <= maxNameLength) return name
  return reading.refuse(
    `must be text of at most ${count(maxNameLength)} characters, also with compatibility forms written out`,
  )
}

/** SQLite's UTF-8 can not keep a lone surrogate: it would come back altered, so it is refused. */
export const readText: Reader<string> = (given, reading) => {
  if (typeof given !== 'string') return reading.refuse('must be text')
  if (given.length > maxTextLength) {
    return reading.refuse(
      `must be text of at most ${count(maxTextLength)} characters; it has ${count(given.length)}`,
    )
  }
  reading.weight += given.length
  return given.isWellFormed()
    ? given
    : reading.refuse('must be well-formed Unicode text (it holds a lone surrogate)')
}

export const readTime: Reader<number> = (given, reading) =>
  parseTime(given) ?? reading.refuse('must be a valid Date, ISO 8601 text or whole epoch milliseconds')

const readVector: Reader<Float32Array> = (given, reading) => {
  const vector = parseVector(given)
  if (vector === undefined) {
    return reading.refuse(
      `must be 1 to ${count(maxDimension)} numbers that are finite as float32: a Float32Array, an array, or base64 of float32`,
    )
  }
  reading.weight += 2 * vector.length
  return vector
}

/** A character of JSON takes as long as so many of text: there may be a value for every two of them. */
const jsonWeight = 4

/** Its text or, where that is too long to be written at once, the writer that is to be finished in steps. */
const readJson: Reader<string | JsonWriter> = (given, reading) => {
  const writer = new JsonWriter(given, reading.field)
  if (!writer.run(reading.room / jsonWeight)) {
    reading.hasUnfinished = true
    return writer
  }
  reading.weight += jsonWeight * writer.length
  return writer.problem === undefined ? writer.text() : refuseJson(writer.problem, reading)
}

const readScore: Reader<number> = (given, reading) =>
  typeof given === 'number' && Number.isFinite(given) ? given : reading.refuse('must be a finite number')

export const readBoolean: Reader<boolean> = (given, reading) =>
  typeof given === 'boolean' ? given : reading.refuse('must be true or false')

/** -0 is 0: to SQLite it would be no integer. */
export const readInteger =
  (minimum: number, maximum: number): Reader<number> =>
  (given, reading) =>
    typeof given === 'number' && Number.isInteger(given) && given >= minimum && given <= maximum
      ? given === 0
        ? 0
        : given
      : reading.refuse(`must be a whole number from ${minimum} to ${maximum}`)

export function readChoice<Choice extends string>(choices: readonly Choice[]): Reader<Choice> {
  const allowed = choices.map((choice) => `'${choice}'`).join(' or ')
  return (given, reading) =>
    choices.find((choice) => choice === given) ?? reading.refuse(`must be ${allowed}`)
}

/** How each kind of field is read. */
export const readers: { readonly [K in Kind]: Reader } = {
  id: readId,
  // What it says is known where it is used.
  cursor: readId,
  hash: readHash,
  name: readName,
  displayName: readDisplayName,
  text: readText,
  time: readTime,
  vector: readVector,
  json: readJson,
  score: readScore,
}
