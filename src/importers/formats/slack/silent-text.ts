import type { JsonObject, JsonValue } from '../../../protocol/models.js'
import { isPlainObject } from '../../../protocol/json-form.js'
import { objectsOf, textOf } from '../json-fields.js'

/** Deeper blocks are than Slack takes them. */
const maxDepth = 20

/**
 * What a message without a text shows: apps put all that they say into blocks or attachments.
 *
 * @returns with mentions and links as Slack's texts have them
 */
export function silentText(fields: JsonObject): string {
  const blocks = objectsOf(fields['blocks']).map((block) => textOfBlock(block, 1))
  const said = joined(blocks)
  return said === '' ? joined(objectsOf(fields['attachments']).map(textOfAttachment)) : said
}

const joined = (lines: readonly string[]): string => lines.filter((line) => line !== '').join('\n')

function textOfAttachment(attachment: JsonObject): string {
  const lines = ['pretext', 'title', 'text'].map((name) => textOf(attachment[name]) ?? '')
  const fields = objectsOf(attachment['fields']).map(({ title, value }) =>
    joined([textOf(title) ?? '', textOf(value) ?? '']),
  )
  const blocks = objectsOf(attachment['blocks']).map((block) => textOfBlock(block, 1))
  return joined([...lines, ...fields, ...blocks]) || (textOf(attachment['fallback']) ?? '')
}

/** Elements of one line; all else that holds others has each on a line of its own. */
const inLine: ReadonlySet<string> = new Set([
  'rich_text_section',
  'rich_text_preformatted',
  'rich_text_quote',
])

function textOfBlock(block: JsonObject, depth: number): string {
  if (depth > maxDepth) return ''
  const type = textOf(block['type']) ?? ''
  const mark = markOf(type, block)
  if (mark !== undefined) return mark
  const inner = [block['title'], block['text'], ...objectsOf(block['fields'])].map((value) =>
    textOfValue(value, depth),
  )
  const elements = objectsOf(block['elements']).map((element) => textOfBlock(element, depth + 1))
  return joined([...inner, inLine.has(type) ? elements.join('') : joined(elements)])
}

function textOfValue(value: JsonValue | undefined, depth: number): string {
  if (typeof value === 'string') return value
  return isPlainObject(value) ? textOfBlock(value, depth + 1) : ''
}

/** What is written as a mark in a text. */
function markOf(type: string, element: JsonObject): string | undefined {
  const text = textOf(element['text'])
  if (type === 'user') return `<@${textOf(element['user_id']) ?? ''}>`
  if (type === 'channel') return `<#${textOf(element['channel_id']) ?? ''}>`
  if (type === 'usergroup') return `<!subteam^${textOf(element['usergroup_id']) ?? ''}>`
  if (type === 'broadcast') return `<!${textOf(element['range']) ?? ''}>`
  if (type === 'emoji') return `:${textOf(element['name']) ?? ''}:`
  if (type === 'link')
    return text === undefined
      ? `<${textOf(element['url']) ?? ''}>`
      : `<${textOf(element['url']) ?? ''}|${text}>`
  return undefined
}
