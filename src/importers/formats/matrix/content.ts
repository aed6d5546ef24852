import type { JsonObject, JsonValue } from '../../../protocol/models.js'
import { listOf, objectOf, objectsOf, textOf, wholeNumberOf } from '../json-fields.js'
import type { AttachmentMetadata, MentionMetadata } from '../metadata.js'

/** What an event says in words. */
export function wordsOf(type: string, content: JsonObject): string {
  if (type === 'm.room.name') return textOf(content['name']) ?? ''
  if (type === 'm.room.topic') return textOf(content['topic']) ?? ''
  const poll = objectOf(
    content['m.poll'] ?? content['m.poll.start'] ?? content['org.matrix.msc3381.poll.start'],
  )
  const question = objectOf(poll['question'])
  const texts = [
    content['body'],
    content['reason'],
    question['body'],
    plainText(question),
    plainText(content),
  ]
  return texts.map(textOf).find((text) => text !== undefined) ?? ''
}

/** Of polls and what ends them: a list of one text in several forms; before that was settled, a text. */
function plainText(object: JsonObject): JsonValue | undefined {
  const given = object['m.text'] ?? object['org.matrix.msc1767.text']
  const isPlain = ({ mimetype }: JsonObject) => mimetype === undefined || mimetype === 'text/plain'
  return typeof given === 'string' ? given : objectsOf(given).find(isPlain)?.['body']
}

/** Answers begin with what they answer, for programs that can not show it: `> <@ada:example.org> hello`. */
export const withoutQuotation = (words: string): string =>
  words.startsWith('> ') ? words.replace(/^(?:> ?.*\n)+\n?/, '') : words

export function attachmentsOf(type: string, content: JsonObject): AttachmentMetadata[] {
  const url = textOf(content['url']) ?? textOf(objectOf(content['file'])['url'])
  if (url === undefined || (type !== 'm.room.message' && type !== 'm.sticker')) return []
  const info = objectOf(content['info'])
  return [
    {
      name: textOf(content['filename']) ?? textOf(content['body']),
      url,
      sizeBytes: wholeNumberOf(info['size']),
      mimeType: textOf(info['mimetype']),
    },
  ]
}

export const mentionsOf = (content: JsonObject): MentionMetadata[] =>
  listOf(objectOf(content['m.mentions'])['user_ids']).flatMap((id) => {
    const userId = textOf(id)
    return userId === undefined ? [] : [{ userId }]
  })
