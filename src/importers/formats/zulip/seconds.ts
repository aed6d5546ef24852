import type { JsonValue } from '../../../protocol/models.js'
import { numberOf } from '../json-fields.js'

/** Seconds with digits behind the point, as epoch milliseconds. */
export function toMilliseconds(value: JsonValue | undefined): number | undefined {
  const seconds = numberOf(value)
  return seconds === undefined ? undefined : Math.round(seconds * 1_000)
}
