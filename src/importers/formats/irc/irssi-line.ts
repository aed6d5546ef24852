import { toEvent } from './channel-events.js'
import { timeOfDay, type LogEvent, type LogLine } from './log-line.js'
import { monthOf } from './months.js'

/** `--- Log opened Mon Jan 02 15:04:05 2006`, `--- Day changed Tue Jan 03 2006` */
const dayLine = /^--- (?:Log opened|Log closed|Day changed) (?<day>.*)$/
const dayOf = /^\S+ (?<month>\S+) +(?<day>\d{1,2})(?: \d{2}:\d{2}:\d{2})? (?<year>\d{4})$/
const timed = /^(?<hours>\d{2}):(?<minutes>\d{2})(?::(?<seconds>\d{2}))? (?<rest>.*)$/

const message = /^<(?<rank>[ @+%&~!*]?)(?<nick>[^>\s]+)> ?(?<text>.*)$/
const action = /^ ?\* (?<rank>[@+%&~]?)(?<nick>\S+) ?(?<text>.*)$/
const notice = /^-(?<nick>[^\s:()]+)(?::\S+|\([^)]*\))?- ?(?<text>.*)$/

/** A line of irssi's (https://irssi.org/documentation/settings/#log), with its default theme; undefined where it is none. */
export function readIrssiLine(line: string): LogLine | undefined {
  const day = dayLine.exec(line)?.groups?.['day']
  if (day !== undefined) return readDay(day)
  const { hours, minutes, seconds, rest } = timed.exec(line)?.groups ?? {}
  if (hours === undefined || minutes === undefined || rest === undefined) return undefined
  const ofDayMs = timeOfDay(hours, minutes, seconds)
  const event = readEvent(rest)
  return ofDayMs === undefined || event === undefined
    ? undefined
    : { kind: 'event', time: { ofDayMs }, event }
}

function readDay(text: string): LogLine {
  const { month, day, year } = dayOf.exec(text)?.groups ?? {}
  const number = month === undefined ? undefined : monthOf(month)
  if (number === undefined) return { kind: 'unknown day', day: text }
  return { kind: 'day', dayMs: Date.UTC(Number(year), number, Number(day)) }
}

function readEvent(rest: string): LogEvent | undefined {
  if (rest.startsWith('-!- ')) return toEvent(rest.slice('-!- '.length))
  if (rest.startsWith('!')) return { type: 'notice', nick: undefined, rank: '', text: rest }
  const patterns = { message, action, notice }
  for (const [type, pattern] of Object.entries(patterns)) {
    const { nick, rank = '', text = '' } = pattern.exec(rest)?.groups ?? {}
    if (nick !== undefined) return { type, nick, rank: rank.trim(), text }
  }
  return undefined
}
