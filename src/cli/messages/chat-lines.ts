import type { Message } from '../../main/index.js'
import { colorsFor, printable } from '../format.js'
import type { Names } from './names.js'

const colors = ['cyan', 'green', 'yellow', 'magenta', 'blue', 'red'] as const

/** How much of a message stands where another one answers or changes it. */
const quotedCharacters = 40
const indent = ' '.repeat(10)

/** Messages as lines of a chat that somebody watches. Nothing in them can look like a line of another's. */
export class ChatLines {
  readonly #names: Names
  #day = ''

  constructor(names: Names) {
    this.#names = names
  }

  /** A message, under a line with its day where that is another than the line's before; `answered` is the message that it answers. */
  message(message: Message, answered: Message | undefined): string {
    const { timestamp, userId, messageType, content } = message
    const { dim } = colorsFor(process.stdout)
    const kind = messageType === 'message' ? '' : `${dim(`[${printable(messageType)}]`)} `
    const quote = answered === undefined ? '' : `${dim(`> ${this.#quote(answered)}`)}\n${indent}`
    return `${this.#dayOf(timestamp)}${dim(clock(timestamp))}  ${this.#user(userId)}  ${quote}${kind}${inLines(content)}\n`
  }

  /** An edit; `before` is what stands above. */
  edit(message: Message, before: Message | undefined): string {
    const { dim } = colorsFor(process.stdout)
    const what = before === undefined ? `of ${clock(message.timestamp)}` : `"${this.#quote(before)}"`
    return `${indent}${this.#user(message.userId)} ${dim(`edited ${what}:`)} ${inLines(message.content)}\n`
  }

  deletion(messageId: string, before: Message | undefined): string {
    const { dim } = colorsFor(process.stdout)
    if (before === undefined) return `${indent}${dim(`message ${printable(messageId)} was deleted`)}\n`
    return `${indent}${dim(`deleted: "${this.#quote(before)}" of`)} ${this.#user(before.userId)}\n`
  }

  note(text: string): string {
    return `${indent}${colorsFor(process.stdout).dim(text)}\n`
  }

  #user(userId: string): string {
    let sum = 0
    for (const character of userId) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003
    const color = colors[sum % colors.length] ?? 'cyan'
    const { bold, [color]: paint } = colorsFor(process.stdout)
    return bold(paint(printable(this.#names.of(userId))))
  }

  #quote({ content }: Message): string {
    const line = printable(content.slice(0, quotedCharacters * 2).replaceAll(/\s+/g, ' '))
    const characters = [...line]
    return characters.length <= quotedCharacters
      ? line
      : `${characters.slice(0, quotedCharacters).join('')}...`
  }

  #dayOf(timestamp: Date): string {
    const day = timestamp.toISOString().replace(/T.*$/, '')
    if (day === this.#day) return ''
    this.#day = day
    return `${colorsFor(process.stdout).dim(`${day} (times are UTC)`)}\n`
  }
}

const clock = (time: Date): string => time.toISOString().replace(/^.*T/, '').slice(0, 8)

/** Every line but the first is marked as one that goes on. */
const inLines = (content: string): string =>
  content
    .split(/\r\n|\n|\r/)
    .map(printable)
    .join(`\n${indent}| `)
