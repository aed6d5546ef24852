import type { NewMessage } from '../../../main/index.js'
import type { JsonObject } from '../../../protocol/models.js'
import { numberOf, objectOf, objectsOf, textOf, wholeNumberOf } from '../json-fields.js'
import { toMetadata, type AuthorMetadata, type ReactionMetadata } from '../metadata.js'
import { attachmentsOf, mentionsOf, withoutQuotation, wordsOf } from './content.js'
import { kindOf } from './kinds.js'
import { reactionsOf, type LaterOfEvent } from './later.js'
import { bundled, relationOf } from './relations.js'

/** What is read by name of any event's content; all else goes into `extra`. */
const readNames: ReadonlySet<string> = new Set([
  'body',
  'filename',
  'm.mentions',
  'm.new_content',
  'm.relates_to',
  'msgtype',
  'url',
  'info',
])

interface MatrixMessage {
  readonly message: NewMessage & { readonly timestamp: number }
  /** The thread's first message. */
  readonly rootId: string | undefined
}

/** @param later what later events say of it. */
export function readMatrixEvent(
  event: JsonObject,
  channelId: string,
  author: AuthorMetadata,
  later: LaterOfEvent | undefined,
): MatrixMessage {
  const type = textOf(event['type']) ?? ''
  const eventId = textOf(event['event_id']) ?? ''
  const { content, editedAt } = latestContent(event, later)
  const words = wordsOf(type, content)
  const relation = relationOf(event)
  const isRoot = later?.isRoot === true || Object.keys(bundled(event, 'm.thread')).length > 0
  const rootId = relation.type === 'm.thread' ? relation.eventId : isRoot ? eventId : undefined
  const replyTo = relation.inReplyTo ?? (rootId === eventId ? undefined : rootId)
  const shown = relation.inReplyTo === undefined ? words : withoutQuotation(words)
  const msgtype = textOf(content['msgtype'])
  const stateKey = textOf(event['state_key'])
  const attachments = attachmentsOf(type, content)
  const metadata = toMetadata({
    source: 'matrix',
    sourceType: msgtype === 'm.text' ? undefined : (msgtype ?? type),
    author,
    readableText: shown === words ? undefined : shown,
    attachments,
    reactions: later === undefined || later.senders.size === 0 ? countedReactions(event) : reactionsOf(later),
    mentions: mentionsOf(content),
    threadId: rootId === undefined ? undefined : threadIdOf(rootId),
    extra: {
      ...Object.fromEntries(Object.entries(content).filter(([name]) => !readNames.has(name))),
      stateKey: stateKey ?? null,
      // The poll that has ended.
      references: relation.type === 'm.reference' ? (relation.eventId ?? null) : null,
      info: content['info'] ?? null,
      // Of a room's picture, which is no file of the event.
      url: attachments.length === 0 ? (content['url'] ?? null) : null,
    },
  })
  const message = {
    messageId: eventId,
    channelId,
    userId: textOf(event['sender']) ?? '',
    content: words,
    timestamp: numberOf(event['origin_server_ts']) ?? Number.NaN,
    messageType: kindOf(event),
    replyToMessageId: replyTo ?? null,
    editedAt: editedAt ?? null,
    metadata,
  }
  return { message, rootId }
}

export const threadIdOf = (rootId: string): string => `${rootId}:thread`

/** An edit counts where it is of the same person; servers put the latest one beside the event. */
function latestContent(event: JsonObject, later: LaterOfEvent | undefined) {
  const edit = later?.edits.get(textOf(event['sender']) ?? '')
  if (edit !== undefined) return { content: edit.content, editedAt: edit.atMs }
  const replacement = bundled(event, 'm.replace')
  const newContent = objectOf(replacement['content'])['m.new_content']
  const content = objectOf(newContent ?? event['content'])
  return { content, editedAt: numberOf(replacement['origin_server_ts']) }
}

/** Servers before 2022 put numbers of reactions beside the event. */
const countedReactions = (event: JsonObject): ReactionMetadata[] =>
  objectsOf(bundled(event, 'm.annotation')['chunk']).flatMap((reaction) => {
    const emoji = textOf(reaction['key'])
    return emoji === undefined ? [] : [{ emoji, count: wholeNumberOf(reaction['count']) ?? 1 }]
  })
