import type { Message } from '../../main/index.js'
import type { Screen } from './screen.js'
import { padEnd, textWidth, truncate } from './text-width.js'

const maxNameColumns = 18
const timeColumns = 5

/** One line a message: time, name, text; each line fits the screen. */
export function messageLines(
  messages: readonly Message[],
  displayNames: ReadonlyMap<string, string>,
  { columns, colors }: Screen,
): string[] {
  const nameOf = ({ userId }: Message): string => truncate(displayNames.get(userId) ?? userId, maxNameColumns)
  const nameColumns = Math.max(0, ...messages.map((message) => textWidth(nameOf(message))))
  const contentColumns = Math.max(20, columns - timeColumns - nameColumns - 6)
  return messages.map((message) => {
    const time = message.timestamp.toISOString().slice(11, 16)
    const arrow = message.replyToMessageId === null ? '' : '↳ '
    const content = truncate(`${arrow}${oneLine(message.content)}`, contentColumns)
    return `  ${colors.dim(time)}  ${colors.cyan(padEnd(nameOf(message), nameColumns))}  ${isolate(content)}`
  })
}

const oneLine = (content: string): string => content.replaceAll(/\s*\n\s*/g, ' ⏎ ')

/** Right-to-left text keeps to itself, so that the line around it stays in order (Unicode UAX 9, isolates). */
function isolate(text: string): string {
  return /[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(text) ? `\u2068${text}\u2069` : text
}
