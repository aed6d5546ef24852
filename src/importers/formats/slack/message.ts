import type { NewMessage } from '../../../main/index.js'
import type { JsonObject } from '../../../protocol/models.js'
import type { Notes } from '../../notes.js'
import { listOf, objectOf, objectsOf, textOf, wholeNumberOf } from '../json-fields.js'
import type { Author } from '../known-authors.js'
import { noteUnread } from '../left-out.js'
import { toMetadata, type ReactionMetadata } from '../metadata.js'
import { authorOf } from './author.js'
import type { SlackChannel } from './channels.js'
import { mentionsIn, readable } from './readable-text.js'
import { silentText } from './silent-text.js'
import { toMilliseconds } from './timestamp.js'
import { words } from '../words.js'
import type { SlackNames } from './users.js'

export interface ThreadPlace {
  readonly threadTs: string
  readonly startMs: number
  /** The latest that is known of, from this message. */
  readonly endMs: number
}

interface SlackMessage {
  readonly message: NewMessage
  readonly author: Author
  readonly thread: ThreadPlace | undefined
  readonly bytes: number
}

/** What only messages say that tell of something which happened in the channel. */
const eventNames = ['inviter', 'purpose', 'topic', 'old_name', 'name', 'members', 'item_type', 'item', 'room']

const readNames: ReadonlySet<string> = new Set([
  'type',
  'subtype',
  'user',
  'bot_id',
  'username',
  'text',
  'ts',
  'thread_ts',
  'reply_count',
  'replies',
  'latest_reply',
  'reply_users',
  'reply_users_count',
  'parent_user_id',
  'reactions',
  'files',
  'file',
  'edited',
  'attachments',
  'comment',
  'user_profile',
  'bot_profile',
  'team',
  'user_team',
  'source_team',
  'blocks',
  'upload',
  'display_as_bot',
  'client_msg_id',
  // A copy of the message that began the thread, which is there itself.
  'root',
  ...eventNames,
])

/** What we call kinds of messages; others keep their own names. */
const types = words({
  bot_message: 'message',
  file_share: 'message',
  file_comment: 'message',
  thread_broadcast: 'message',
  me_message: 'action',
  slackbot_response: 'message',
  pinned_item: 'pin',
  huddle_thread: 'call',
  sh_room_created: 'call',
})

export function readSlackMessage(
  fields: JsonObject,
  channel: SlackChannel,
  names: SlackNames,
  notes: Notes,
): SlackMessage {
  noteUnread(notes, 'message', fields, readNames)
  const { channelId } = channel
  const ts = textOf(fields['ts']) ?? ''
  const timestamp = toMilliseconds(ts)
  const content = textOf(fields['text']) ?? silentText(fields)
  const subtype = textOf(fields['subtype'])
  const author = authorOf(fields, names)
  const { userId, ...shownAuthor } = author
  const shown = readable(content, names)
  const threadTs = threadOf(fields, ts)
  const metadata = toMetadata({
    source: 'slack',
    sourceType: subtype,
    author: shownAuthor,
    readableText: shown === content ? undefined : shown,
    attachments: [...objectsOf(fields['files']), ...fileOf(fields)].map(readFile),
    embeds: listOf(fields['attachments']),
    reactions: objectsOf(fields['reactions']).flatMap(readReaction),
    mentions: mentionsIn(content, names),
    isPinned: channel.pinned.has(ts) ? true : undefined,
    extra: Object.fromEntries(eventNames.map((name) => [name, fields[name] ?? null])),
    threadId: threadTs === undefined ? undefined : `${channelId}:thread:${threadTs}`,
  })
  const message = {
    // What has no time is refused by that, and named by its place.
    messageId: `${channelId}:${ts}`,
    channelId,
    userId,
    content,
    timestamp: timestamp ?? Number.NaN,
    messageType: typeOf(subtype),
    replyToMessageId: threadTs === undefined || threadTs === ts ? null : `${channelId}:${threadTs}`,
    editedAt: toMilliseconds(textOf(objectOf(fields['edited'])['ts']) ?? '') ?? null,
    metadata,
  }
  const bytes = content.length + 400
  return { message, author, thread: threadPlace(threadTs, timestamp, fields), bytes }
}

/** Joins, leaves and the like are named after the kind of channel that they happened in. */
function typeOf(subtype: string | undefined): string {
  if (subtype === undefined) return 'message'
  const known = types.get(subtype)
  return (
    known ??
    subtype.replace(/^(?:channel|group)_(?=(?:join|leave|topic|purpose|name|archive|unarchive)$)/, '')
  )
}

/** The thread that a message is in or begins. */
function threadOf(fields: JsonObject, ts: string): string | undefined {
  const threadTs = textOf(fields['thread_ts'])
  if (threadTs !== undefined) return threadTs
  const replies = wholeNumberOf(fields['reply_count']) ?? listOf(fields['replies']).length
  return replies > 0 ? ts : undefined
}

function threadPlace(
  threadTs: string | undefined,
  timestamp: number | undefined,
  fields: JsonObject,
): ThreadPlace | undefined {
  const startMs = threadTs === undefined ? undefined : toMilliseconds(threadTs)
  if (threadTs === undefined || startMs === undefined || timestamp === undefined) return undefined
  const replies = objectsOf(fields['replies']).map((reply) => textOf(reply['ts']))
  const times = [textOf(fields['latest_reply']), ...replies].map((ts) => toMilliseconds(ts ?? '') ?? 0)
  return { threadTs, startMs, endMs: Math.max(startMs, timestamp, ...times) }
}

/** Exports of before 2018 have one file a message. */
const fileOf = (fields: JsonObject): readonly JsonObject[] => objectsOf([fields['file'] ?? null])

const readFile = (file: JsonObject) => ({
  id: textOf(file['id']),
  name: textOf(file['name']) ?? textOf(file['title']),
  url: textOf(file['url_private']) ?? textOf(file['permalink']),
  sizeBytes: wholeNumberOf(file['size']),
  mimeType: textOf(file['mimetype']),
})

function readReaction(reaction: JsonObject): ReactionMetadata[] {
  const emoji = textOf(reaction['name'])
  if (emoji === undefined) return []
  const userIds = listOf(reaction['users']).flatMap((user) => textOf(user) ?? [])
  return [{ emoji, count: wholeNumberOf(reaction['count']) ?? userIds.length, userIds }]
}
