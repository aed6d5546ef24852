import type { LogEvent } from './log-line.js'

/** What irssi and WeeChat write when something happens in a channel. The nick is whoever did it. */
const patterns: readonly (readonly [type: string, pattern: RegExp])[] = [
  // Between them stand an address, and where the server tells them an account and a name, which may hold brackets.
  ['join', /^(?<nick>\S+) (?:[[(].*[\])] )?has joined /],
  ['leave', /^(?<nick>\S+) (?:[[(].*?[\])] )?has (?:left|quit)\b/],
  ['kick', /^\S+ was kicked from \S+ by (?<nick>\S+)/],
  ['kick', /^(?<nick>\S+) has kicked \S+/],
  ['nick', /^(?<nick>\S+) is now known as \S+$/],
  ['topic', /^(?<nick>\S+) (?:has )?(?:changed|set|unset) (?:the )?topic (?:of|for|to)\b/],
  ['topic', /^Topic (?:unset by (?<nick>\S+)|for )/],
  ['mode', /^(?:mode|ServerMode)\/\S+ \[.*\] by (?<nick>\S+)$/],
  ['mode', /^Mode \S+ \[.*\] by (?<nick>\S+)$/],
]

/** What a line that no person wrote tells of. What is not known is the server's, and a notice. */
export function toEvent(text: string): LogEvent {
  for (const [type, pattern] of patterns) {
    const match = pattern.exec(text)
    if (match !== null) return { type, nick: match.groups?.['nick'], rank: '', text }
  }
  return { type: 'notice', nick: undefined, rank: '', text }
}
