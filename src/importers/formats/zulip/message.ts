import type { NewMessage } from '../../../main/index.js'
import type { JsonObject } from '../../../protocol/models.js'
import type { Notes } from '../../notes.js'
import { textOf } from '../json-fields.js'
import { noteUnread } from '../left-out.js'
import { toMetadata, type MentionMetadata } from '../metadata.js'
import { reactionsOf, type Beside } from './beside.js'
import { groupType, userIdOf, type ZulipRealm } from './realm.js'
import { toMilliseconds } from './seconds.js'

const readNames: ReadonlySet<string> = new Set([
  'id',
  'sender',
  'recipient',
  'subject',
  'content',
  'date_sent',
  'pub_date',
  'last_edit_time',
  'rendered_content',
  'rendered_content_version',
  'has_attachment',
  'has_image',
  'has_link',
  'is_channel_message',
  'realm',
  'search_tsvector',
  'sending_client',
  'type',
])

/** Where a message was written. */
export interface ZulipPlace {
  readonly channelId: string
  /** Of a talk of few people; undefined for a stream. */
  readonly members: readonly string[] | undefined
  readonly topic: string | undefined
}

export interface ZulipMessage {
  readonly message: NewMessage & { readonly timestamp: number }
  readonly where: ZulipPlace
}

/** @returns undefined where nobody knows where it was written */
export function readZulipMessage(
  row: JsonObject,
  beside: Beside,
  realm: ZulipRealm,
  notes: Notes,
): ZulipMessage | undefined {
  noteUnread(notes, 'message', row, readNames)
  const where = placeOf(row, realm)
  if (where === undefined) return undefined
  const id = textOf(row['id'])
  const sender = textOf(row['sender']) ?? ''
  const content = textOf(row['content']) ?? ''
  const metadata = toMetadata({
    source: 'zulip',
    author: realm.users.get(sender),
    attachments: beside.attachments.get(id ?? '') ?? [],
    reactions: reactionsOf(beside, id ?? ''),
    mentions: mentionsIn(content, realm),
    threadId: where.topic === undefined ? undefined : topicIdOf(where.channelId, where.topic),
  })
  const message = {
    messageId: id === undefined ? '' : `zulip:${id}`,
    channelId: where.channelId,
    userId: userIdOf(sender),
    content,
    timestamp: toMilliseconds(row['date_sent'] ?? row['pub_date']) ?? Number.NaN,
    messageType: content.startsWith('/me ') ? 'action' : 'message',
    editedAt: toMilliseconds(row['last_edit_time']) ?? null,
    metadata,
  }
  return { message, where }
}

/** A topic that was marked as resolved is still the same one; capitals make no other. */
export const topicIdOf = (channelId: string, topic: string): string =>
  `${channelId}:topic:${topic.replace(/^✔ +/, '').toLowerCase()}`

function placeOf(row: JsonObject, realm: ZulipRealm): ZulipPlace | undefined {
  const recipientId = textOf(row['recipient']) ?? ''
  const recipient = realm.recipients.get(recipientId)
  if (recipient === undefined) return undefined
  const { type, typeId } = recipient
  if (type === 2)
    return { channelId: `zulip:${typeId}`, members: undefined, topic: textOf(row['subject']) ?? '' }
  const sender = textOf(row['sender']) ?? ''
  const members = type === groupType ? (realm.groups.get(recipientId) ?? []) : [sender, typeId]
  const ids = [...new Set(members)].toSorted((left, right) => Number(left) - Number(right))
  const name = ids.length === 0 || ids.length > 50 ? `group-${typeId}` : ids.join(',')
  return { channelId: `zulip:dm:${name}`, members: ids, topic: undefined }
}

/** `@**Ada**`, `@_**Ada|12**`: by number where there are several of a name. */
function mentionsIn(content: string, { users, idsOfNames }: ZulipRealm): MentionMetadata[] {
  const mentions = new Map<string, MentionMetadata>()
  for (const [, written = ''] of content.matchAll(/@_?\*\*([^*\n]{1,200})\*\*/g)) {
    const [, name = written, number] = /^(.*)\|(\d+)$/.exec(written) ?? []
    const id = number ?? idsOfNames.get(name)
    if (id === undefined) continue
    mentions.set(id, { userId: userIdOf(id), name: users.get(id)?.displayName ?? name })
  }
  return [...mentions.values()]
}
