import { parseTime } from '../../../protocol/time.js'
import { toEvent } from './channel-events.js'
import { zoneOf, type LogEvent, type LogLine } from './log-line.js'

/** Date and time, what stands before a message, the message; between them tabs. */
const whole =
  /^(?<date>\d{4}-\d{2}-\d{2})[ T](?<time>\d{2}:\d{2}(?::\d{2})?)(?<fraction>\.\d+)?(?<zone>Z| ?[+-]\d{2}:?\d{2})?\t(?<prefix>[^\t]*)\t(?<text>.*)$/

/** `****  Beginning of log  ****`, in the user's language. */
const mark = /^\d{4}-\d{2}-\d{2}[ T][^\t]+\t\*{4} {2}.*\*{4}$/

const notice = /^Notice\((?<nick>[^)]+)\)(?: -> \S+)?: ?(?<text>.*)$/
/** Some have the nick in brackets, by `logger.file.nick_prefix`. */
const bracketed = /^<(.+)>$/
const ranked = /^(?<rank>[@+%&~!*^]?)(?<nick>.+)$/

/** A line of WeeChat's (https://weechat.org/doc/weechat/user/#log_files), as it writes them by default; undefined where it is none. */
export function readWeechatLine(line: string): LogLine | undefined {
  const { date, time, fraction = '', zone, prefix, text } = whole.exec(line)?.groups ?? {}
  if (prefix === undefined || text === undefined) return mark.test(line) ? { kind: 'mark' } : undefined
  const atMs = parseTime(`${date}T${time}${fraction.slice(0, 4)}${zoneOf(zone)}`)
  return atMs === undefined
    ? undefined
    : { kind: 'event', time: { atMs }, event: readEvent(prefix.trim(), text) }
}

function readEvent(prefix: string, text: string): LogEvent {
  if (prefix === '*') {
    const [nick = '', ...words] = text.split(' ')
    const found = ranked.exec(nick)?.groups
    return { type: 'action', nick: found?.['nick'], rank: found?.['rank'] ?? '', text: words.join(' ') }
  }
  if (prefix === '--') {
    const { nick, text: said = '' } = notice.exec(text)?.groups ?? {}
    if (nick !== undefined) return { type: 'notice', nick, rank: '', text: said }
  }
  if (['--', '-->', '<--', '=!=', ''].includes(prefix)) return toEvent(text)
  const { rank = '', nick } = ranked.exec(bracketed.exec(prefix)?.[1] ?? prefix)?.groups ?? {}
  return { type: 'message', nick, rank, text }
}
