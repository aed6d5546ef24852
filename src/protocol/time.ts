/** The range of a JavaScript Date in milliseconds (ECMA-262, 21.4.1.1). */
const maxEpochMs = 8_640_000_000_000_000

const iso8601 =
  /^([+-]\d{6}|\d{4})-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?<zone>Z|[+-]\d{2}:\d{2})?)?$/

/**
 * Reads a point in time.
 *
 * @param value a Date, ISO 8601 text (a date alone, or date and time; UTC where it names no zone) or epoch milliseconds.
 * @returns epoch milliseconds, or `undefined` when it is none of these.
 */
export function parseTime(value: unknown): number | undefined {
  const epochMs =
    value instanceof Date ? value.getTime() : typeof value === 'string' ? parseIso8601(value) : value
  return typeof epochMs === 'number' && Number.isInteger(epochMs) && Math.abs(epochMs) <= maxEpochMs
    ? epochMs
    : undefined
}

function parseIso8601(text: string): number | undefined {
  const match = iso8601.exec(text)
  if (match === null) return undefined
  const isDateAlone = !text.includes(':')
  const standard = text.replace(' ', 'T')
  const epochMs = Date.parse(isDateAlone || match.groups?.['zone'] !== undefined ? standard : `${standard}Z`)
  return Number.isNaN(epochMs) ? undefined : epochMs
}
