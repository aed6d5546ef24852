import type { JsonObject } from '../../../protocol/models.js'
import type { Notes } from '../../notes.js'
import { bounded } from '../conversations/bounded.js'
import type { Turn } from '../conversations/conversation.js'
import { objectsOf, textOf, wholeNumberOf } from '../json-fields.js'
import { noteUnread } from '../left-out.js'
import type { AttachmentMetadata } from '../metadata.js'

const readNames: ReadonlySet<string> = new Set([
  'uuid',
  'text',
  'content',
  'sender',
  'index',
  'created_at',
  'updated_at',
  'attachments',
  'files',
  'files_v2',
  'parent_message_uuid',
])

/** What a message says; undefined where it says nothing. */
export function readTurn(message: JsonObject, notes: Notes): Turn | undefined {
  const blocks = objectsOf(message['content'])
  const given = objectsOf(message['attachments'])
  const texts = blocks.flatMap((block) => (block['type'] === 'text' ? (textOf(block['text']) ?? []) : []))
  const others = blocks.filter(({ type }) => type !== 'text')
  // Long texts that were pasted are attachments, and often all that a message says.
  const pasted = given.flatMap((attachment) => textOf(attachment['extracted_content']) ?? [])
  const said = texts.length > 0 ? texts.join('\n\n') : withoutExcuses(textOf(message['text']), others)
  const content = said ?? pasted.join('\n\n')
  const attachments = [...given, ...filesOf(message)].map(readFile)
  if (content === '' && attachments.length === 0 && others.length === 0) {
    notes.skip('empty messages')
    return undefined
  }
  noteUnread(notes, 'message', message, readNames)
  const sender = textOf(message['sender']) ?? 'system'
  const citations = blocks.flatMap((block) => objectsOf(block['citations']))
  return {
    role: sender === 'human' ? 'user' : sender,
    type: 'message',
    content,
    editedAt: undefined,
    attachments,
    extra: {
      blocks: bounded(others, 'thoughts and uses of tools', notes),
      citations: bounded(citations, 'citations', notes),
      pastedTexts: said === undefined ? [] : bounded(pasted, 'pasted texts', notes),
    },
  }
}

/** The text of a message without words says of each block that it can not be shown. */
const withoutExcuses = (text: string | undefined, blocks: readonly JsonObject[]): string | undefined =>
  blocks.length > 0 && text?.includes('This block is not supported on your current device') === true
    ? undefined
    : text

/** Two lists of them may name the same. */
function filesOf(message: JsonObject): JsonObject[] {
  const files = [...objectsOf(message['files']), ...objectsOf(message['files_v2'])]
  return [...new Map(files.map((file) => [idOf(file) ?? textOf(file['file_name']), file])).values()]
}

const idOf = (file: JsonObject): string | undefined => textOf(file['file_uuid']) ?? textOf(file['id'])

const readFile = (file: JsonObject): AttachmentMetadata => ({
  id: idOf(file),
  name: textOf(file['file_name']),
  sizeBytes: wholeNumberOf(file['file_size']) ?? wholeNumberOf(file['size_bytes']),
  mimeType: textOf(file['file_type']),
})
