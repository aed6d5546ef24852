/** The range of a JavaScript Date in milliseconds (ECMA-262, 21.4.1.1). */
const maxEpochMs = 8_640_000_000_000_000

const iso8601 =
  /^(?<year>[+-]\d{6}|\d{4})-(?<month>\d{2})-(?<day>\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?<zone>Z|[+-]\d{2}:\d{2})?)?$/

/**
 * Reads a point in time.
 *
 * @param value a Date, ISO 8601 text (a date alone, or date and time; UTC where it names no zone) or epoch milliseconds.
 * @returns epoch milliseconds, or `undefined` when it is none of these, or a date that is in no calendar.
 */
export function parseTime(value: unknown): number | undefined {
  const epochMs =
    typeof value === 'string' ? parseIso8601(value) : isDateObject(value) ? timeOf(value) : value
  return typeof epochMs === 'number' && Number.isInteger(epochMs) && Math.abs(epochMs) <= maxEpochMs
    ? epochMs
    : undefined
}

/** Dates of another realm (a `vm` context, what Node gives to a test runner's) are no instances of this one's. */
export const isDateObject = (value: unknown): value is Date =>
  value instanceof Date ||
  (typeof value === 'object' && Object.prototype.toString.call(value) === '[object Date]')

/** Undefined of what only calls itself a Date. */
export const timeOf = (date: Date): unknown =>
  typeof date.getTime === 'function' ? date.getTime() : undefined

function parseIso8601(text: string): number | undefined {
  const { year, month, day, zone } = iso8601.exec(text)?.groups ?? {}
  if (year === undefined || !isDate(Number(year), Number(month), Number(day))) return undefined
  // ECMA-262 has no year -0, and V8 takes it for 2000.
  if (year === '-000000') return undefined
  const isDateAlone = !text.includes(':')
  const standard = text.replace(' ', 'T')
  const epochMs = Date.parse(isDateAlone || zone !== undefined ? standard : `${standard}Z`)
  return Number.isNaN(epochMs) ? undefined : epochMs
}

const daysOfMonths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** V8 moves the days of a month that is too short for them into the next one. */
function isDate(year: number, month: number, day: number): boolean {
  const isLeapYear = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const days = month === 2 && isLeapYear ? 29 : daysOfMonths[month - 1]
  return days !== undefined && day >= 1 && day <= days
}
