import { parseTime } from '../../../protocol/time.js'
import { toEvent } from './channel-events.js'
import { offsetOf, timeOfDay, zoneOf, type LogEvent, type LogLine, type LogTime } from './log-line.js'
import { monthOf } from './months.js'

/** `--- Log opened Mon Jan 02 15:04:05 2006`, `--- Day changed Tue Jan 03 2006` */
const dayLine = /^--- (?<why>Log opened|Log closed|Day changed) (?<day>.*)$/
const dayOf = /^\S+ (?<month>\S+) +(?<day>\d{1,2})(?: (?<clock>\d{2}:\d{2}:\d{2}))? (?<year>\d{4})$/
/** `15:04 `, and what people set `log_timestamp` to: seconds, a date before it, a zone, brackets around it. */
const timed =
  /^\[?(?:(?<date>\d{4}-\d{2}-\d{2})[ T])?(?<hours>\d{2}):(?<minutes>\d{2})(?::(?<seconds>\d{2})(?:\.\d+)?)?(?<zone>Z| ?[+-]\d{2}:?\d{2})?\]? (?<rest>.*)$/

const message = /^<(?<rank>[ @+%&~!*]?)(?<nick>[^>\s]+)> ?(?<text>.*)$/
const action = /^ ?\* (?<rank>[@+%&~]?)(?<nick>\S+) ?(?<text>.*)$/
const notice = /^-(?<nick>[^\s:()]+)(?::\S+|\([^)]*\))?- ?(?<text>.*)$/
/** Of a message that somebody sent to oneself, with the address. */
const privately = /^\[(?<nick>[^\s()[\]]+)\([^)\s@]*@[^)\s]*\)\] ?(?<text>.*)$/

/** A line of irssi's (https://irssi.org/documentation/settings/#log), with its default theme; undefined where it is none. */
export function readIrssiLine(line: string): LogLine | undefined {
  const { why, day } = dayLine.exec(line)?.groups ?? {}
  if (day !== undefined) return readDay(day, why === 'Day changed')
  const { date, hours, minutes, seconds, zone, rest } = timed.exec(line)?.groups ?? {}
  if (hours === undefined || minutes === undefined || rest === undefined || rest.trim() === '')
    return undefined
  const time = readTime(date, timeOfDay(hours, minutes, seconds), zone)
  return time === undefined ? undefined : { kind: 'event', time, event: readEvent(rest) }
}

function readTime(
  date: string | undefined,
  clockMs: number | undefined,
  zone: string | undefined,
): LogTime | undefined {
  if (clockMs === undefined) return undefined
  if (date === undefined) return { clockMs, offsetMs: offsetOf(zone) }
  const dayMs = parseTime(`${date}T00:00:00${zoneOf(zone)}`)
  return dayMs === undefined ? undefined : { atMs: dayMs + clockMs }
}

function readDay(text: string, isChange: boolean): LogLine {
  const { month, day, clock, year } = dayOf.exec(text)?.groups ?? {}
  const number = month === undefined ? undefined : monthOf(month)
  if (number === undefined) return { kind: 'unknown day', day: text }
  const [hours = '', minutes = '', seconds = ''] = clock?.split(':') ?? []
  const clockMs = clock === undefined ? undefined : timeOfDay(hours, minutes, seconds)
  return { kind: 'day', dayMs: Date.UTC(Number(year), number, Number(day)), clockMs, isChange }
}

/** What is nobody's message is the program's: a message of the day, an answer to a question, a theme of one's own. */
function readEvent(rest: string): LogEvent {
  if (rest.startsWith('-!- ')) return toEvent(rest.slice('-!- '.length))
  const privateMessage = privately.exec(rest)?.groups
  if (privateMessage !== undefined) {
    return { type: 'message', nick: privateMessage['nick'], rank: '', text: privateMessage['text'] ?? '' }
  }
  const patterns = { message, action, notice }
  for (const [type, pattern] of Object.entries(patterns)) {
    const { nick, rank = '', text = '' } = pattern.exec(rest)?.groups ?? {}
    if (nick !== undefined) return { type, nick, rank: rank.trim(), text }
  }
  return { type: 'notice', nick: undefined, rank: '', text: rest.trim() }
}
