import type { JsonObject } from '../../../protocol/models.js'
import type { Found, Place } from '../../found.js'
import type { Notes } from '../../notes.js'
import type { Source } from '../../source.js'
import { tellConversation, type Conversation, type ConversationNode } from '../conversations/conversation.js'
import { readConversationValues } from '../conversations/values.js'
import type { Format } from '../format.js'
import { objectOf, textOf, trueOf } from '../json-fields.js'
import { KnownAuthors } from '../known-authors.js'
import { toMetadata } from '../metadata.js'
import { hasNames, shapeOf } from '../shape.js'
import { readTurn, toMilliseconds } from './turn.js'

/** `conversations.json` of an account's export, 2023 to 2026, its parts `conversations-000.json`, and conversations in files of their own. */
export const chatgpt: Format = {
  name: 'chatgpt',
  recognizes: ({ text }) => {
    const shape = shapeOf(text)
    // DeepSeek's exports have a tree by the same name, of other messages.
    if (!hasNames(shape, 'mapping') || hasNames(shape, 'inserted_at')) return false
    // Newer exports have names in the order of the alphabet: what comes behind `mapping` may be far from the beginning.
    const names = ['title', 'create_time', 'conversation_id', 'current_node']
    const count = names.filter((name) => hasNames(shape, name)).length
    return count >= (shape?.isList === true ? 1 : 2)
  },
  read: readConversations,
}

async function* readConversations(source: Source, notes: Notes): AsyncGenerator<Found> {
  const authors = new KnownAuthors('chatgpt')
  let index = 0
  for await (const value of readConversationValues(source, notes)) {
    const place = { file: source.name, at: `[${index}]` }
    index += 1
    const fields = objectOf(value)
    const id = textOf(fields['conversation_id']) ?? textOf(fields['id'])
    if (id === undefined) yield { place, reason: 'the conversation has no id' }
    else yield* tellConversation(toConversation(id, fields, place, notes), authors)
  }
}

function toConversation(channelId: string, fields: JsonObject, place: Place, notes: Notes): Conversation {
  const startMs = toMilliseconds(fields['create_time'])
  return {
    source: 'chatgpt',
    place,
    startMs,
    leafId: textOf(fields['current_node']),
    nodes: nodesOf(objectOf(fields['mapping']), notes),
    channel: {
      channelId,
      name: textOf(fields['title']) ?? null,
      ...(startMs === undefined ? {} : { createdAt: startMs }),
      metadata: toMetadata({
        source: 'chatgpt',
        isArchived: trueOf(fields['is_archived']),
        extra: { model: fields['default_model_slug'] ?? null, gizmoId: fields['gizmo_id'] ?? null },
      }),
    },
  }
}

/** In the order in which siblings are listed, where they are: the newest last. */
function nodesOf(mapping: JsonObject, notes: Notes): ConversationNode[] {
  const nodes = Object.entries(mapping).map(([id, value]) => {
    const node = objectOf(value)
    const message = objectOf(node['message'])
    return {
      id,
      parentId: textOf(node['parent']),
      timeMs: toMilliseconds(message['create_time']),
      turn: readTurn(message, notes),
    }
  })
  return nodes.toSorted((left, right) => (left.timeMs ?? 0) - (right.timeMs ?? 0))
}
