import { found, type Found, type Place } from '../../found.js'
import { readLines } from '../../lines.js'
import type { Notes } from '../../notes.js'
import type { Source } from '../../source.js'
import type { Format } from '../format.js'
import { KnownAuthors } from '../known-authors.js'
import { MessageHashes } from '../message-hashes.js'
import { toMetadata } from '../metadata.js'
import { isLineOfIrc } from './is-line-of-irc.js'
import { readIrssiLine } from './irssi-line.js'
import type { LogEvent, LogTime } from './log-line.js'
import { LogDays } from './log-days.js'
import { logNameOf } from './log-name.js'
import { readWeechatLine } from './weechat-line.js'

const ranks: Readonly<Record<string, string>> = {
  '~': 'owner',
  '&': 'admin',
  '@': 'operator',
  '%': 'half-operator',
  '+': 'voice',
}

const isDay = /^--- (?:Log opened|Day changed) \S+ /

/** Logs of irssi 0.8 to 1.4 and of WeeChat 0.3 to 4, as their default themes write them: a channel a file. Times without a zone are taken as UTC. */
export const irc: Format = {
  name: 'irc',
  recognizes: ({ text }) => {
    const lines = text.split(/\r?\n/, 20)
    return lines.some((line) => isDay.test(line) || isLineOfIrc(line))
  },
  read: (source, notes) => new IrcLog(source, notes).read(),
}

class IrcLog {
  readonly #source: Source
  readonly #notes: Notes
  readonly #channelId: string
  readonly #authors = new KnownAuthors('irc')
  readonly #hashes = new MessageHashes()
  readonly #days = new LogDays()

  constructor(source: Source, notes: Notes) {
    this.#source = source
    this.#notes = notes
    const { network, channel } = logNameOf(source.path)
    this.#channelId = network === undefined ? `irc:${channel}` : `irc:${network}/${channel}`
  }

  async *read(): AsyncGenerator<Found> {
    yield this.#channel()
    for await (const line of readLines(this.#source.read(this.#notes.signal), {
      otherwise: 'windows-1252',
    })) {
      const place = { file: this.#source.name, at: line.number }
      if ('problem' in line) yield { place, reason: line.problem }
      else yield* this.#line(place, line.text)
    }
  }

  #channel(): Found {
    const { network, channel } = logNameOf(this.#source.path)
    const metadata = toMetadata({ source: 'irc', workspace: { name: network } })
    const model = { channelId: this.#channelId, name: channel, metadata }
    return found({ file: this.#source.name, at: 'name' }, { kind: 'channel', model })
  }

  *#line(place: Place, text: string): Generator<Found> {
    const line = readWeechatLine(text) ?? readIrssiLine(text)
    if (line === undefined) {
      yield { place, reason: 'the line is none that irssi or WeeChat writes' }
    } else if (line.kind === 'day') {
      this.#days.set(line)
    } else if (line.kind === 'unknown day') {
      this.#days.lose()
      this.#notes.complain(this.#source.name, `has a day that can not be read: '${line.day}'`)
    } else if (line.kind === 'event') {
      yield* this.#event(place, line.time, line.event)
    }
  }

  *#event(place: Place, time: LogTime, { type, nick, rank, text }: LogEvent): Generator<Found> {
    const timestamp = this.#days.timeOf(time)
    if (timestamp === undefined) {
      yield { place, reason: 'no line before it says which day it is' }
      return
    }
    const role = ranks[rank]
    const author = { name: nick, roles: role === undefined ? [] : [role] }
    const userId = `irc:${nick ?? ''}`
    const parts = [this.#channelId, new Date(timestamp).toISOString(), type, nick ?? '', text]
    const message = {
      messageId: `irc:${this.#hashes.next(parts)}`,
      channelId: this.#channelId,
      userId,
      content: text,
      timestamp,
      messageType: type,
      metadata: toMetadata({ source: 'irc', author }),
    }
    const item = found(place, { kind: 'message', model: message }, text.length + 300)
    yield item
    if ('reason' in item || nick === undefined) return
    yield* this.#authors.tell(place, { userId, name: nick })
  }
}
