import { readHead } from './head.js'
import { readWordsOfTime } from './words-of-time.js'

/** How a message begins: when it was written, and the rest of its first line. */
export interface Header {
  readonly pattern: PatternName
  /** Its time has seconds: all of an export have, or none. */
  readonly hasSeconds: boolean
  /** A comma stands behind what comes first of date and time. */
  readonly hasComma: boolean
  /** As it is written, in one way of writing spaces. */
  readonly written: string
  /** The three numbers of the date, in their order. */
  readonly date: readonly [string, string, string]
  /** What stands between them. */
  readonly separator: string
  /** The year comes first, also where it has two digits: Korean, Chinese and Japanese say so. */
  readonly isYearFirst: boolean
  readonly ofDayMs: number
  /** A word at the time that is no half of the day in any language that we know. */
  readonly unknownWord: string | undefined
  /** The line begins with an invisible mark. */
  readonly isMarked: boolean
  readonly rest: string
}

const weekday = String.raw`(?: ?\(?[월화수목금토일]요일\)?| ?星期[一二三四五六日天]| ?\([月火水木金土日]\))?`
/** `24/12/2020`, `2020. 12. 24.`, `2020年12月24日`, `24.12.2020 г.`, `24/12/2563 BE`, `3/18/R4` */
const date = String.raw`(?<a>[RH]?\d{1,4})(?<separator>[./-]|년|年) ?(?<b>\d{1,2})(?:[./-]|월|月) ?(?<c>[RH]?\d{1,4})(?:\.|일|日)?${weekday}(?: г\.?| BE| AH| AP)?`
/** `18:30:05`, `18.30`, `18 h 30`, `오후 6:30`, `6:30 p. m.`, `klo 18.30`, `(18:30)` */
const clock = (seconds: '?' | '') =>
  String.raw`(?<before>(?:a l[ae]s|[^\d\s\[\]]{1,12}) ?)?(?<hours>\d{1,2})(?:[:.]| ?h ?)(?<minutes>\d{2})(?:(?:[:.]| min )(?<seconds>\d{2})(?: s)?)${seconds}(?<after> ?[^\d\[\]:-]{1,14}?)?`
const time = clock('?')

const patterns = {
  // `[24/12/20, 18:30:00] `, as on iPhones, and `24/12/2020, 18:30 - `, as on Android.
  bracketed: new RegExp(String.raw`^\[${date}(?<comma>,)? ${time}\] ?`),
  dashed: new RegExp(String.raw`^${date}(?<comma>,)? ${time} [-–] `),
  // Vietnamese has the time first, and so has what is copied from WhatsApp Web.
  'time first, bracketed': new RegExp(String.raw`^\[${time}(?<comma>,)? ${date}\] ?`),
  'time first, dashed': new RegExp(String.raw`^${time}(?<comma>,)? ${date} [-–] `),
  // iPhones before 2016: `24/12/14, 18:30:00: `; lines of programs' logs look like that, too.
  colon: new RegExp(String.raw`^${date}(?<comma>,)? ${clock('')}: `),
}

export type PatternName = keyof typeof patterns

const patternNames: readonly PatternName[] = [
  'bracketed',
  'dashed',
  'time first, bracketed',
  'time first, dashed',
  'colon',
]

/**
 * The header of a line; undefined where none begins there.
 *
 * @param among the ways of writing it that are looked for; default: all.
 */
export function readHeader(line: string, among: readonly PatternName[] = patternNames): Header | undefined {
  const head = readHead(line)
  if (head === undefined) return undefined
  for (const pattern of among) {
    const match = patterns[pattern].exec(head.text)
    if (match === null) continue
    const written = readWritten(match.groups ?? {})
    if (written === undefined) continue
    return { pattern, ...written, isMarked: line.startsWith('\u200E'), rest: head.after(match[0].length) }
  }
  return undefined
}

function readWritten(
  groups: Readonly<Record<string, string>>,
): Omit<Header, 'pattern' | 'rest' | 'isMarked'> | undefined {
  const { a, b, c, separator, hours, minutes, seconds, before = '', after = '' } = groups
  if (a === undefined || b === undefined || c === undefined || separator === undefined) return undefined
  const { half, unknown } = readWordsOfTime(before, after)
  const ofDayMs = timeOfDay(Number(hours), Number(minutes), Number(seconds ?? 0), half)
  if (ofDayMs === undefined) return undefined
  const word = half ?? unknown ?? ''
  return {
    written: `${a}${separator}${b}${separator}${c} ${hours}:${minutes}:${seconds ?? ''} ${word}`.trim(),
    date: [a, b, c],
    separator,
    hasSeconds: seconds !== undefined,
    hasComma: groups['comma'] !== undefined,
    isYearFirst: /[년年]/.test(separator) || /오[전후]/.test(before),
    ofDayMs,
    unknownWord: unknown,
  }
}

function timeOfDay(hours: number, minutes: number, seconds: number, half: 'am' | 'pm' | undefined) {
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined
  const hour = half === undefined || hours > 12 ? hours : (hours % 12) + (half === 'pm' ? 12 : 0)
  return ((hour * 60 + minutes) * 60 + seconds) * 1_000
}
