import type { JsonObject } from '../../../protocol/models.js'
import { listOf, objectOf, textOf, wholeNumberOf } from '../json-fields.js'
import type { AttachmentMetadata, MentionMetadata } from '../metadata.js'

/** What an event says in words. */
export function wordsOf(type: string, content: JsonObject): string {
  if (type === 'm.room.name') return textOf(content['name']) ?? ''
  if (type === 'm.room.topic') return textOf(content['topic']) ?? ''
  const poll = objectOf(
    content['m.poll'] ?? content['m.poll.start'] ?? content['org.matrix.msc3381.poll.start'],
  )
  const question = objectOf(poll['question'])
  const texts = [content['body'], content['reason'], question['body'], question['org.matrix.msc1767.text']]
  return texts.map(textOf).find((text) => text !== undefined) ?? ''
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
