import { readInteger } from '../reading/kinds.js'
import type { FieldReader } from '../reading/read-fields.js'
import type { Reader } from '../reading/reading.js'

/** Options may be left out, each of them. */
export const option = (key: string, read: Reader): FieldReader => ({ key, isOptional: true, read })

export const readSignal: Reader<AbortSignal> = (given, reading) =>
  given instanceof AbortSignal ? given : reading.refuse('must be an AbortSignal')

export const readFunction: Reader = (given, reading) =>
  typeof given === 'function' ? given : reading.refuse('must be a function')

/** What timers and counters of 32 bits hold. */
const most = 2 ** 31 - 1
export const readCount = readInteger(1, most)
export const readMilliseconds = readInteger(0, most)
