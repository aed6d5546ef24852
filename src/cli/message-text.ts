import type { Message } from '../main/index.js'
import { colorsFor, printable } from './format.js'

/** A message as one line to read. */
export function messageToText({ timestamp, userId, messageType, content }: Message): string {
  const { bold, dim } = colorsFor(process.stdout)
  const kind = messageType === 'message' ? '' : `${dim(`[${printable(messageType)}]`)} `
  return `${dim(timestamp.toISOString())}  ${bold(printable(userId))}  ${kind}${printable(content)}`
}
