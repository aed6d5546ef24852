import { readIrssiLine } from './irssi-line.js'
import { readWeechatLine } from './weechat-line.js'

/** RFC 2812, 2.3.1, with the longer ones of today. */
const nick = /^[A-Za-z[\]\\`_^{|}][\w[\]\\`^{|}-]{0,31}$/
/** What logs of programs have in brackets where irssi has a nick. */
const levels: ReadonlySet<string> = new Set([
  'trace',
  'debug',
  'info',
  'notice',
  'warn',
  'warning',
  'error',
  'err',
  'critical',
  'crit',
  'fatal',
  'alert',
  'emerg',
])
/** What WeeChat writes in place of a nick when something happens. */
const happened = /^\S+[ T]\S+(?: [+-]\d{2}:?\d{2})?\t(?:-->|<--|--|=!=| \*)\t/

/** Whether a line is one of a log of IRC by itself: it says its date, and what no other log is written like. */
export function isLineOfIrc(line: string): boolean {
  const weechat = readWeechatLine(line)
  if (weechat !== undefined) {
    return weechat.kind !== 'event' || happened.test(line) || isNick(weechat.event.nick)
  }
  const irssi = readIrssiLine(line)
  if (irssi?.kind !== 'event' || !('atMs' in irssi.time)) return false
  const { type, nick: who } = irssi.event
  if (/^\S+[ T]\S+ -!- /.test(line)) return true
  return (type === 'message' || type === 'action') && isNick(who)
}

const isNick = (text: string | undefined): boolean =>
  text !== undefined && nick.test(text) && !levels.has(text.toLowerCase())
