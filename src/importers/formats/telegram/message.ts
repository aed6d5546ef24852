import type { NewMessage } from '../../../main/index.js'
import type { JsonObject, JsonValue } from '../../../protocol/models.js'
import { parseTime } from '../../../protocol/time.js'
import { objectOf, objectsOf, textOf, wholeNumberOf } from '../json-fields.js'
import type { Author } from '../known-authors.js'
import { toMetadata, type AttachmentMetadata, type ReactionMetadata } from '../metadata.js'
import { bareIdOf, peerOf } from './ids.js'
import { contentOf, entitiesOf, mentionsOf } from './text.js'
import { typeOf } from './types.js'

interface TelegramMessage {
  readonly message: NewMessage & { readonly timestamp: string | number }
  readonly author: Author | undefined
  readonly bytes: number
}

/** What is read by name; all else goes into `extra`. */
const readNames: ReadonlySet<string> = new Set([
  'id',
  'type',
  'action',
  'date',
  'date_unixtime',
  'edited',
  'edited_unixtime',
  'from',
  'from_id',
  'actor',
  'actor_id',
  'forwarded_from',
  'forwarded_from_id',
  'saved_from',
  'reply_to_message_id',
  'reply_to_peer_id',
  'text',
  'text_entities',
  'photo',
  'photo_file_size',
  'file',
  'file_name',
  'file_size',
  'mime_type',
  'thumbnail',
  'thumbnail_file_size',
  'contact_vcard',
  'contact_vcard_file_size',
  'reactions',
])

/** @param topicId the message that began the forum's topic which it is in. */
export function readTelegramMessage(
  fields: JsonObject,
  chatId: string,
  topicId: string | undefined,
): TelegramMessage {
  const id = textOf(fields['id'])
  const action = textOf(fields['action'])
  const peer = peerOf(fields['from_id'] ?? fields['actor_id'])
  const name = textOf(fields['from']) ?? textOf(fields['actor'])
  const entities = entitiesOf(fields)
  const content = contentOf(fields)
  const replyTo = textOf(fields['reply_to_message_id'])
  const replyChat = peerOf(fields['reply_to_peer_id'])
  const others = Object.entries(fields).filter(([field]) => !readNames.has(field))
  const metadata = toMetadata({
    source: 'telegram',
    sourceType: action,
    author: { name },
    attachments: attachmentsOf(fields),
    reactions: objectsOf(fields['reactions']).flatMap(readReaction),
    mentions: mentionsOf(entities),
    forwarded: pick(fields, ['forwarded_from', 'forwarded_from_id', 'saved_from']),
    extra: { ...Object.fromEntries(others), entities },
    threadId: topicId === undefined ? undefined : topicSegmentId(chatId, topicId),
  })
  const message = {
    messageId: id === undefined ? '' : messageIdOf(chatId, id),
    channelId: `telegram:${chatId}`,
    userId: `telegram:${peer ?? ''}`,
    content: content === '' ? titleOf(fields) : content,
    timestamp: timeOf(fields, 'date') ?? '',
    messageType: typeOf(textOf(fields['type']), action),
    // Whoever writes into a topic replies to its beginning, which nobody sees.
    replyToMessageId:
      replyTo === undefined || replyTo === topicId
        ? null
        : messageIdOf(replyChat === undefined ? chatId : bareIdOf(replyChat), replyTo),
    editedAt: editedAtOf(fields) ?? null,
    metadata,
  }
  const author = peer === undefined ? undefined : { userId: message.userId, name, displayName: name }
  return { message, author, bytes: content.length + 500 }
}

/** What stands for a message that has no text: a poll's question, a group's or a song's title, a place, what a sticker says. */
function titleOf(fields: JsonObject): string {
  const question = contentOf({ text: objectOf(fields['poll'])['question'] ?? '' })
  const names = ['title', 'new_title', 'information_text', 'place_name', 'game_title', 'sticker_emoji']
  return question === '' ? (names.map((name) => textOf(fields[name])).find(Boolean) ?? '') : question
}

export const messageIdOf = (chatId: string, id: string): string => `telegram:${chatId}:${id}`

export const topicSegmentId = (chatId: string, topicId: string): string =>
  `telegram:${chatId}:topic:${topicId}`

/** Versions before 2022 have local times alone. */
function timeOf(fields: JsonObject, name: string): number | string | undefined {
  const seconds = wholeNumberOf(fields[`${name}_unixtime`])
  return seconds === undefined ? textOf(fields[name]) : seconds * 1_000
}

/** The second day of 1970 in UTC, which is behind the first one's beginning anywhere. */
const epochEndMs = Date.UTC(1970, 0, 2)

/** Versions of 2018 to 2020 wrote of messages that nobody edited that it was at the beginning of 1970, in local time. */
function editedAtOf(fields: JsonObject): number | string | undefined {
  const edited = timeOf(fields, 'edited')
  return (parseTime(edited) ?? epochEndMs) < epochEndMs ? undefined : edited
}

/** Where a file was not exported its place says why, in brackets. */
const pathOf = (value: JsonValue | undefined): string | undefined => {
  const path = textOf(value)
  return path === undefined || path.startsWith('(') ? undefined : path
}

function attachmentsOf(fields: JsonObject): AttachmentMetadata[] {
  const photo = {
    name: pathOf(fields['photo'])?.split('/').pop() ?? 'photo',
    url: pathOf(fields['photo']),
    sizeBytes: wholeNumberOf(fields['photo_file_size']),
  }
  const file = {
    name: textOf(fields['file_name']) ?? pathOf(fields['file'])?.split('/').pop() ?? 'file',
    url: pathOf(fields['file']),
    sizeBytes: wholeNumberOf(fields['file_size']),
    mimeType: textOf(fields['mime_type']),
  }
  const card = {
    name: pathOf(fields['contact_vcard'])?.split('/').pop() ?? 'contact',
    url: pathOf(fields['contact_vcard']),
    sizeBytes: wholeNumberOf(fields['contact_vcard_file_size']),
  }
  const all = { photo, file, contact_vcard: card }
  return Object.entries(all).flatMap(([field, attachment]) => (field in fields ? [attachment] : []))
}

function readReaction(reaction: JsonObject): ReactionMetadata[] {
  // One of somebody's own has a file, which may not have been exported, and one that was paid for has nothing.
  const emoji = textOf(reaction['emoji']) ?? pathOf(reaction['document_id']) ?? textOf(reaction['type'])
  const userIds = objectsOf(reaction['recent']).flatMap((one) => {
    const peer = peerOf(one['from_id'])
    return peer === undefined ? [] : [`telegram:${peer}`]
  })
  return emoji === undefined
    ? []
    : [{ emoji, count: wholeNumberOf(reaction['count']) ?? userIds.length, userIds }]
}

const pick = (fields: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(names.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])))
