import { toAsciiDigits } from './digits.js'
import { halfOfDay } from './half-of-day.js'

/** How a message begins: when it was written, and the rest of its first line. */
export interface Header {
  /** As it is written, in one way of writing spaces. */
  readonly written: string
  /** The three numbers of the date, in their order. */
  readonly date: readonly [string, string, string]
  /** What stands between them. */
  readonly separator: string
  readonly ofDayMs: number
  /** A word at the time that is no half of the day in any language that we know. */
  readonly unknownWord: string | undefined
  readonly rest: string
}

const date = String.raw`(?<a>\d{1,4})(?<separator>[./-]) ?(?<b>\d{1,2})[./-] ?(?<c>\d{1,4})\.?`
const time = String.raw`(?<before>[^\d\s\[\]]{1,12} ?)?(?<hours>\d{1,2})[:.](?<minutes>\d{2})(?:[:.](?<seconds>\d{2}))?(?<after> ?[^\d\[\]:-]{1,14}?)?`

/** `[24/12/20, 18:30:00] `, as on iPhones, and `24/12/2020, 18:30 - `, as on Android. */
const brackets = new RegExp(String.raw`^\[${date},? ${time}\] ?(?<rest>.*)$`, 's')
const dash = new RegExp(String.raw`^${date},? ${time} [-–] (?<rest>.*)$`, 's')

const spaces = /[\u00A0\u2007\u202F]/g
/** Invisible marks of the direction of writing. */
const marks = /^[\u200E\u200F\u202A-\u202E]+/

/** The header of a line; undefined where none begins there. */
export function readHeader(line: string): Header | undefined {
  const bare = line.replace(marks, '')
  // What can not be one is most of a long text.
  if (!/^\[?\p{Nd}/u.test(bare)) return undefined
  const end = Math.min(bare.length, 60)
  const start = toAsciiDigits(bare.slice(0, end).replaceAll(spaces, ' '))
  const match = brackets.exec(start) ?? dash.exec(start)
  const { a, b, c, separator, hours, minutes, seconds, before = '', after = '', rest } = match?.groups ?? {}
  if (a === undefined || b === undefined || c === undefined || rest === undefined) return undefined
  const word = `${before}${after}`.trim()
  const half = word === '' ? undefined : halfOfDay(word)
  const ofDayMs = timeOfDay(Number(hours), Number(minutes), Number(seconds ?? 0), half)
  if (ofDayMs === undefined) return undefined
  return {
    written:
      `${a}${separator}${b}${separator}${c} ${hours}:${minutes}:${seconds ?? ''} ${half ?? word}`.trim(),
    date: [a, b, c],
    separator: separator ?? '',
    ofDayMs,
    unknownWord: word !== '' && half === undefined ? word : undefined,
    // With its own spaces and digits.
    rest: bare.slice(end - rest.length),
  }
}

function timeOfDay(hours: number, minutes: number, seconds: number, half: 'am' | 'pm' | undefined) {
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined
  const hour = half === undefined || hours > 12 ? hours : (hours % 12) + (half === 'pm' ? 12 : 0)
  return ((hour * 60 + minutes) * 60 + seconds) * 1_000
}
