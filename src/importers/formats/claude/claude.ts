import type { JsonObject } from '../../../protocol/models.js'
import { parseTime } from '../../../protocol/time.js'
import type { Found, Place } from '../../found.js'
import type { Notes } from '../../notes.js'
import type { Source } from '../../source.js'
import { tellConversation, type Conversation, type ConversationNode } from '../conversations/conversation.js'
import { readConversationValues } from '../conversations/values.js'
import type { Format } from '../format.js'
import { objectOf, objectsOf, textOf } from '../json-fields.js'
import { KnownAuthors } from '../known-authors.js'
import { noteUnread } from '../left-out.js'
import { toMetadata } from '../metadata.js'
import { hasNames, shapeOf } from '../shape.js'
import { readTurn } from './turn.js'

const readNames: ReadonlySet<string> = new Set([
  'uuid',
  'name',
  'summary',
  'model',
  'created_at',
  'updated_at',
  'account',
  'chat_messages',
  'current_leaf_message_uuid',
])

/** `conversations.json` of an account's export, 2023 to 2026, or one conversation of it. */
export const claude: Format = {
  name: 'claude',
  recognizes: ({ text }) => {
    const shape = shapeOf(text)
    const names = ['uuid', 'name', 'created_at', 'account']
    return hasNames(shape, 'chat_messages') && names.some((name) => hasNames(shape, name))
  },
  read: readConversations,
}

async function* readConversations(source: Source, notes: Notes): AsyncGenerator<Found> {
  const authors = new KnownAuthors('claude')
  let index = 0
  for await (const value of readConversationValues(source, notes)) {
    const place = { file: source.name, at: `[${index}]` }
    index += 1
    const fields = objectOf(value)
    const id = textOf(fields['uuid'])
    if (id === undefined) yield { place, reason: 'the conversation has no uuid' }
    else yield* tellConversation(toConversation(id, fields, place, notes), authors)
  }
}

function toConversation(channelId: string, fields: JsonObject, place: Place, notes: Notes): Conversation {
  noteUnread(notes, 'conversation', fields, readNames)
  const startMs = parseTime(fields['created_at'])
  return {
    source: 'claude',
    place,
    startMs,
    leafId: textOf(fields['current_leaf_message_uuid']),
    nodes: nodesOf(objectsOf(fields['chat_messages']), notes),
    channel: {
      channelId,
      name: textOf(fields['name']) ?? null,
      ...(startMs === undefined ? {} : { createdAt: startMs }),
      metadata: toMetadata({
        source: 'claude',
        extra: { summary: fields['summary'] ?? null, model: fields['model'] ?? null },
      }),
    },
  }
}

/** Exports before 2025 say nothing of branches: a message follows the one that is listed before it. */
function nodesOf(messages: readonly JsonObject[], notes: Notes): ConversationNode[] {
  const isTree = messages.some((message) => textOf(message['parent_message_uuid']) !== undefined)
  const byId = new Map<string, JsonObject>()
  for (const [index, message] of messages.entries()) {
    const id = textOf(message['uuid']) ?? `#${index}`
    if (byId.has(id)) notes.skip('messages that were listed again')
    byId.set(id, message)
  }
  let before: string | undefined
  return [...byId].map(([id, message]) => {
    const parentId = isTree ? textOf(message['parent_message_uuid']) : before
    before = id
    return { id, parentId, timeMs: parseTime(message['created_at']), turn: readTurn(message, notes) }
  })
}
