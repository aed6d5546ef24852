import type { JsonObject } from '../../../protocol/models.js'
import { parseTime } from '../../../protocol/time.js'
import type { Notes } from '../../notes.js'
import { bounded } from '../conversations/bounded.js'
import type { Turn } from '../conversations/conversation.js'
import { numberOf, objectOf, objectsOf, textOf, wholeNumberOf } from '../json-fields.js'
import { noteUnread } from '../left-out.js'
import { readContent } from './content.js'

const readNames: ReadonlySet<string> = new Set([
  'id',
  'author',
  'create_time',
  'update_time',
  'content',
  'metadata',
  'recipient',
  'status',
  'weight',
  'end_turn',
  'channel',
])

/** Of a message's metadata, which is mostly about how it was made. */
const readMetadata: ReadonlySet<string> = new Set([
  'attachments',
  'citations',
  'content_references',
  'model_slug',
  'is_visually_hidden_from_conversation',
  'aggregate_result',
  'is_user_system_message',
  'user_context_message_data',
])

const roles: ReadonlySet<string> = new Set(['user', 'assistant', 'tool', 'system'])

/** What a message says; undefined where it says nothing, as at the root. */
export function readTurn(message: JsonObject, notes: Notes): Turn | undefined {
  if (Object.keys(message).length === 0) return undefined
  const metadata = objectOf(message['metadata'])
  const author = objectOf(message['author'])
  const content = objectOf(message['content'])
  const { text: said, attachments, otherParts } = readContent(content)
  const text = said === '' ? instructionsOf(metadata) : said
  const files = [...objectsOf(metadata['attachments']).map(readFile), ...attachments]
  if (text === '' && files.length === 0 && otherParts.length === 0) {
    notes.skip('empty messages')
    return undefined
  }
  noteUnread(notes, 'message', message, readNames)
  noteUnread(notes, 'message.metadata', metadata, readMetadata)
  const role = textOf(author['role']) ?? 'system'
  const contentType = textOf(content['content_type']) ?? 'text'
  const recipient = textOf(message['recipient'])
  return {
    role: roles.has(role) ? role : 'system',
    authorName: textOf(author['name']) ?? role,
    type: typeOf(role, contentType, metadata['is_visually_hidden_from_conversation'] === true),
    sourceType: contentType === 'text' ? undefined : contentType,
    content: text,
    editedAt: undefined,
    attachments: files,
    extra: {
      model: metadata['model_slug'] ?? null,
      recipient: recipient === 'all' ? null : (recipient ?? null),
      language: content['language'] ?? null,
      url: content['url'] ?? null,
      channel: message['channel'] ?? null,
      citations: bounded(metadata['content_references'] ?? metadata['citations'], 'citations', notes),
      parts: bounded(otherParts, 'parts', notes),
      result: bounded(metadata['aggregate_result'], 'results of code', notes),
    },
  }
}

/** What people told the model of themselves, which was beside an empty message in 2023 and 2024. */
function instructionsOf(metadata: JsonObject): string {
  const data = objectOf(metadata['user_context_message_data'])
  const texts = [data['about_user_message'], data['about_model_message']]
  return texts.flatMap((value) => textOf(value) ?? []).join('\n')
}

const spoken: ReadonlySet<string> = new Set(['text', 'multimodal_text'])

/** What nobody was shown is told apart, and so is what tools said and thought. */
function typeOf(role: string, contentType: string, isHidden: boolean): string {
  if (isHidden) return 'hidden'
  if (!spoken.has(contentType)) return contentType
  return role === 'user' || role === 'assistant' ? 'message' : role
}

const readFile = (file: JsonObject) => ({
  id: textOf(file['id']),
  name: textOf(file['name']),
  sizeBytes: wholeNumberOf(file['size']),
  mimeType: textOf(file['mime_type']) ?? textOf(file['mimeType']),
})

/** Seconds with many digits behind the point, or a time in ISO 8601, as epoch milliseconds. */
export function toMilliseconds(seconds: JsonObject[string] | undefined): number | undefined {
  if (typeof seconds === 'string') return parseTime(seconds)
  const number = numberOf(seconds)
  return number === undefined || number <= 0 ? undefined : Math.round(number * 1_000)
}
