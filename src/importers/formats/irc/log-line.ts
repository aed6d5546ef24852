/** A line of a log, as far as it can be read by itself. */
export type LogLine =
  /** From here on it is this day, in epoch milliseconds; and this late, where it says so. */
  | {
      readonly kind: 'day'
      readonly dayMs: number
      readonly clockMs: number | undefined
      /** Whether it is there because the day has changed. */
      readonly isChange: boolean
    }
  /** A day that is in no calendar that we know. */
  | { readonly kind: 'unknown day'; readonly day: string }
  /** That the log itself begins or ends. */
  | { readonly kind: 'mark' }
  | { readonly kind: 'event'; readonly time: LogTime; readonly event: LogEvent }

/** As it is written, with its date, or as a time of the day: of its clock, and how far that is ahead of UTC. */
export type LogTime = { readonly atMs: number } | { readonly clockMs: number; readonly offsetMs: number }

export interface LogEvent {
  /** `message`, `action`, `notice`, or what happened in the channel. */
  readonly type: string
  /** Whose it is; undefined where it is the server's. */
  readonly nick: string | undefined
  /** What stands before the nick: `@` or `+`. */
  readonly rank: string
  readonly text: string
}

const dayMs = 24 * 60 * 60 * 1_000

/** What a clock shows, as milliseconds of a day; undefined where no clock does. */
export function timeOfDay(hours: string, minutes: string, seconds = '0'): number | undefined {
  const [h, m, s] = [Number(hours), Number(minutes), Number(seconds)]
  // A leap second is written as 60.
  return h > 23 || m > 59 || s > 60 ? undefined : Math.min((h * 60 + m) * 60 + s, dayMs / 1_000 - 1) * 1_000
}

/** How far a zone is ahead of UTC, in milliseconds. */
export function offsetOf(zone: string | undefined): number {
  const { sign, hours, minutes } =
    /^(?<sign>[+-])(?<hours>\d{2}):?(?<minutes>\d{2})$/.exec(zone?.trim() ?? '')?.groups ?? {}
  return hours === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}

/** A zone as ISO 8601 has it, `+01:00`; UTC where there is none. */
export const zoneOf = (zone: string | undefined): string =>
  zone === undefined ? 'Z' : zone.trim().replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')
