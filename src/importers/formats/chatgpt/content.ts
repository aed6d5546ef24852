import type { JsonObject, JsonValue } from '../../../protocol/models.js'
import { listOf, objectOf, objectsOf, textOf, wholeNumberOf } from '../json-fields.js'
import type { AttachmentMetadata } from '../metadata.js'

/** What a message says, in any of its kinds of content. */
export interface ChatContent {
  readonly text: string
  readonly attachments: readonly AttachmentMetadata[]
  /** Parts that are neither text nor a file. */
  readonly otherParts: readonly JsonObject[]
}

export function readContent(content: JsonObject): ChatContent {
  const parts = listOf(content['parts'])
  const objects = objectsOf(content['parts'])
  const attachments = objects.flatMap(attachmentsOf)
  const otherParts = objects.filter(
    (part) => attachmentsOf(part).length === 0 && textOfPart(part) === undefined,
  )
  const texts = parts.length > 0 ? parts.flatMap((part) => textOfPart(part) ?? []) : textsOf(content)
  const files = [...attachments, ...attachmentsOf(objectOf(content['screenshot']))]
  const isRead = texts.length > 0 || files.length > 0 || otherParts.length > 0
  return { text: texts.join('\n'), attachments: files, otherParts: isRead ? otherParts : unknownOf(content) }
}

/** What says how a message was made. */
const aboutContent: ReadonlySet<string> = new Set([
  'content_type',
  'parts',
  'language',
  'response_format_name',
  'source_analysis_msg_id',
])

/** A kind of content that is not known: all that is in it. */
function unknownOf(content: JsonObject): JsonObject[] {
  const fields = Object.entries(content).filter(
    ([name, value]) => !aboutContent.has(name) && saysSomething(value),
  )
  return fields.length === 0 ? [] : [Object.fromEntries(fields)]
}

function saysSomething(value: JsonValue | undefined): boolean {
  if (value === null || value === undefined || value === '' || value === false) return false
  return typeof value !== 'object' || Object.keys(value).length > 0
}

/** Words, or what was heard. */
const textOfPart = (part: JsonValue): string | undefined =>
  typeof part === 'string' ? textOf(part) : textOf(objectsOf([part])[0]?.['text'])

/** Content that has no parts: code, what it printed, a page that was read, thoughts, instructions. */
function textsOf(content: JsonObject): string[] {
  const thoughts = objectsOf(content['thoughts']).flatMap(({ summary, content: thought }) => [
    summary,
    thought,
  ])
  const names = [
    'title',
    'text',
    'result',
    'content',
    'user_profile',
    'user_instructions',
    'model_set_context',
    'output_str',
  ]
  return [...names.map((name) => content[name]), ...thoughts].flatMap((value) => textOf(value) ?? [])
}

/** A file is named by a pointer: `file-service://file-abc`; one of a conversation by voice has two of them. */
function attachmentsOf(part: JsonObject): AttachmentMetadata[] {
  const pointer = textOf(part['asset_pointer'])
  if (pointer !== undefined) {
    return [
      { id: pointer, url: pointer, sizeBytes: wholeNumberOf(part['size_bytes']), mimeType: mimeOf(part) },
    ]
  }
  return ['audio_asset_pointer', 'video_container_asset_pointer'].flatMap((name) => {
    const inner = objectOf(part[name])
    return textOf(inner['asset_pointer']) === undefined ? [] : attachmentsOf(inner)
  })
}

function mimeOf(part: JsonObject): string | undefined {
  const format = textOf(part['format'])
  return format === undefined ? undefined : `audio/${format}`
}
