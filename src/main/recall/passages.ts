import { ConvoDbError } from '../../protocol/errors.js'
import { fitBudget } from '../../protocol/fit-budget.js'
import type { RecalledPassage } from '../../protocol/recall-models.js'
import type { CountedBudget } from './recall-request.js'

const wrong = (field: string, expectation: string): ConvoDbError =>
  new ConvoDbError('INVALID_ARGUMENT', `${field} ${expectation}`, { field })

/** What fits a budget that the caller counts. @throws INVALID_ARGUMENT, and what the counter throws */
export function fitPassages<Metadata extends object>(
  passages: readonly RecalledPassage<Metadata>[],
  { max, count }: CountedBudget,
): RecalledPassage<Metadata>[] {
  if (typeof max !== 'number' || !(max > 0)) throw wrong('budget.max', 'must be a number above 0')
  if (typeof count !== 'function') throw wrong('budget.count', 'must be a function')
  const items = passages.flatMap((passage, index) => {
    const hits = passage.messages.flatMap(({ messageId }, at) =>
      passage.hitIds.includes(messageId) ? [at] : [],
    )
    return passage.messages.map(({ content }, at) => ({
      passage: index,
      distance: Math.min(...hits.map((hit) => Math.abs(hit - at))),
      content,
    }))
  })
  const fitting = fitBudget(items, max, (text) => cost(count, text))
  let next = 0
  return passages.flatMap((passage) => {
    const messages = passage.messages.filter(() => fitting.has(next++))
    const ids = new Set(messages.map(({ messageId }) => messageId))
    const hitIds = passage.hitIds.filter((id) => ids.has(id))
    return messages.length === 0 ? [] : [{ ...passage, messages, hitIds }]
  })
}

function cost(count: (text: string) => unknown, text: string): number {
  const counted = count(text)
  if (typeof counted === 'number' && counted >= 0) return counted
  // One that answers later is refused; that it may fail then, too, is nobody's concern.
  if (counted instanceof Promise) counted.catch(() => undefined)
  throw wrong('budget.count', 'must give a number from 0 on')
}

/**
 * As one text: each passage begins with its channel and time, each message with who wrote it. Further lines of a message are
 * indented, so that nobody can write what reads like another one's message.
 */
export const textOfPassages = (passages: readonly RecalledPassage<object>[]): string =>
  passages.map(textOfPassage).join('\n\n')

function textOfPassage({ channelId, messages }: RecalledPassage<object>): string {
  const time = messages[0]?.timestamp.toISOString().slice(0, -':00.000Z'.length).replace('T', ' ') ?? ''
  const lines = messages.map(
    ({ userId, content }) => `${inOneLine(userId)}: ${content.replaceAll(lineBreak, '$&  ')}`,
  )
  return [`#${inOneLine(channelId)}, ${time} UTC`, ...lines].join('\n')
}

const lineBreak = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g

const inOneLine = (id: string): string => id.replaceAll(lineBreak, ' ')
