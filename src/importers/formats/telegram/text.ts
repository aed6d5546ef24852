import type { JsonObject, JsonValue } from '../../../protocol/models.js'
import { listOf, objectsOf, textOf } from '../json-fields.js'
import type { MentionMetadata } from '../metadata.js'

/** What a message says: a text, or a list of texts and of marked pieces. */
export function contentOf(message: JsonObject): string {
  const text = message['text']
  if (typeof text === 'string') return text
  const parts = text === undefined ? listOf(message['text_entities']) : listOf(text)
  return parts.map(textOfPart).join('')
}

function textOfPart(part: JsonValue): string {
  if (typeof part === 'string') return part
  const [object] = objectsOf([part])
  return textOf(object?.['text']) ?? ''
}

/** The pieces that are more than text: links, mentions, bold words; before 2022 they are in the text itself. */
export function entitiesOf(message: JsonObject): readonly JsonObject[] {
  const given = message['text_entities'] ?? message['text']
  return objectsOf(given).filter(({ type }) => type !== 'plain')
}

/** Mentions of people who have no name of their own say who it is; others are in the text. */
export const mentionsOf = (entities: readonly JsonObject[]): MentionMetadata[] =>
  entities.flatMap((entity) => {
    const userId = textOf(entity['user_id'])
    return userId === undefined ? [] : [{ userId: `telegram:user${userId}`, name: textOf(entity['text']) }]
  })
