import type { NewMessage } from '../../../main/index.js'
import { isPlainObject } from '../../../protocol/json-form.js'
import type { JsonObject } from '../../../protocol/models.js'
import type { Notes } from '../../notes.js'
import { objectOf, objectsOf, textOf, trueOf, wholeNumberOf } from '../json-fields.js'
import type { Author } from '../known-authors.js'
import { noteUnread } from '../left-out.js'
import { toMetadata, type ReactionMetadata } from '../metadata.js'
import { nameOfType, typeOfName } from './message-types.js'

export interface DiscordMessage {
  readonly message: NewMessage & { readonly timestamp: string }
  readonly author: Author
  readonly bytes: number
}

const readNames: ReadonlySet<string> = new Set([
  'id',
  'type',
  'timestamp',
  'timestampEdited',
  'callEndedTimestamp',
  'isPinned',
  'content',
  'author',
  'attachments',
  'components',
  'embeds',
  'stickers',
  'reactions',
  'mentions',
  'reference',
  'forwardedMessage',
  'interaction',
])

/** A message as DiscordChatExporter writes it; any field may be missing, as in older versions. */
export function readDiscordMessage(fields: JsonObject, channelId: string, notes: Notes): DiscordMessage {
  noteUnread(notes, 'message', fields, readNames)
  const author = readAuthor(objectOf(fields['author']))
  const { userId, ...shown } = author
  const typeName = nameOfType(textOf(fields['type']))
  const content = textOf(fields['content']) ?? ''
  const reference = objectOf(fields['reference'])
  const isReply =
    typeName === 'Reply' ||
    (typeName === 'Default' && isWithin(reference, channelId) && !isForward(fields, reference))
  const replyToMessageId = isReply ? (textOf(reference['messageId']) ?? null) : null
  const metadata = toMetadata({
    source: 'discord',
    sourceType: typeName === 'Default' ? undefined : typeName,
    author: shown,
    attachments: objectsOf(fields['attachments']).map(readAttachment),
    embeds: objectsOf(fields['embeds']),
    reactions: objectsOf(fields['reactions']).flatMap(readReaction),
    mentions: objectsOf(fields['mentions']).flatMap(readMention),
    isPinned: trueOf(fields['isPinned']),
    // Where it is from, and what it said there.
    forwarded: { ...(isReply ? {} : reference), ...objectOf(fields['forwardedMessage']) },
    extra: {
      stickers: objectsOf(fields['stickers']),
      components: objectsOf(fields['components']),
      interaction: fields['interaction'] ?? null,
      callEndedAt: fields['callEndedTimestamp'] ?? null,
    },
  })
  const message = {
    messageId: textOf(fields['id']) ?? '',
    channelId,
    userId,
    content,
    timestamp: textOf(fields['timestamp']) ?? '',
    messageType: typeOfName(typeName),
    replyToMessageId,
    editedAt: textOf(fields['timestampEdited']) ?? null,
    metadata,
  }
  return { message, author, bytes: content.length + 400 }
}

const isWithin = (reference: JsonObject, channelId: string): boolean =>
  [undefined, channelId].includes(textOf(reference['channelId']))

/** What was forwarded may be of the same channel; its kind is named by versions that know of it. */
const isForward = (fields: JsonObject, reference: JsonObject): boolean =>
  textOf(reference['type']) === 'Forward' || isPlainObject(fields['forwardedMessage'])

function readAuthor(author: JsonObject): Author {
  const name = textOf(author['name'])
  const discriminator = textOf(author['discriminator'])
  const isNumbered = discriminator !== undefined && !/^0+$/.test(discriminator)
  return {
    userId: textOf(author['id']) ?? '',
    name: isNumbered && name !== undefined ? `${name}#${discriminator}` : name,
    displayName: textOf(author['nickname']) ?? name,
    avatarUrl: textOf(author['avatarUrl']),
    isBot: trueOf(author['isBot']),
    color: textOf(author['color']),
    roles: objectsOf(author['roles']).flatMap((role) => textOf(role['name']) ?? []),
  }
}

const readAttachment = (attachment: JsonObject) => ({
  id: textOf(attachment['id']),
  name: textOf(attachment['fileName']),
  url: textOf(attachment['url']),
  sizeBytes: wholeNumberOf(attachment['fileSizeBytes']),
})

/** Who reacted is in files of 2.41 and later. */
function readReaction(reaction: JsonObject): ReactionMetadata[] {
  const { name, code, id } = objectOf(reaction['emoji'])
  // Of one that was deleted nothing is left but its id.
  const emoji = textOf(name) ?? textOf(code) ?? textOf(id)
  if (emoji === undefined) return []
  const userIds = objectsOf(reaction['users']).flatMap((user) => textOf(user['id']) ?? [])
  return [{ emoji, count: wholeNumberOf(reaction['count']) ?? userIds.length, userIds }]
}

function readMention(mention: JsonObject) {
  const userId = textOf(mention['id'])
  const name = textOf(mention['nickname']) ?? textOf(mention['name'])
  return userId === undefined ? [] : [{ userId, name }]
}
