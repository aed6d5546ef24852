import { InvalidArgumentError } from 'commander'
import { parseTime } from '../protocol/time.js'

/** Reads a whole number of an option. */
export const toWholeNumber =
  (minimum: number, maximum: number) =>
  (value: string): number => {
    const number = Number(value)
    if (/^\d+$/.test(value) && number >= minimum && number <= maximum) return number
    throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`)
  }

/** Reads how many items of a listing to show; any number of pages. */
export const toCount = toWholeNumber(1, 1_000_000_000)

/** Reads a time of an option, as epoch milliseconds. */
export function toTime(value: string): number {
  const [, year, month = '01', day = '01'] = /^((?:19|20)\d\d)(?:(\d\d)(\d\d))?$/.exec(value) ?? []
  if (year !== undefined)
    throw new InvalidArgumentError(`As milliseconds it is a moment of 1970: write ${year}-${month}-${day}.`)
  const time = parseTime(/^-?\d+$/.test(value) ? Number(value) : value)
  if (time !== undefined) return time
  throw new InvalidArgumentError('It must be ISO 8601 or whole epoch milliseconds.')
}

/** Reads an option that may be given several times. */
export const append = (value: string, before: readonly string[] = []): string[] => [...before, value]

/** Reads an option that there is once. Elsewhere it may be given several times, and that only the last one counts would not be seen. */
export function once(value: string, before?: string): string {
  if (before === undefined) return value
  throw new InvalidArgumentError('It can be given once.')
}
