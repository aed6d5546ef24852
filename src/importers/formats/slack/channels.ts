import type { Params } from '../../../main/index.js'
import type { JsonObject } from '../../../protocol/models.js'
import { listOf, numberOf, objectOf, objectsOf, textOf, trueOf, wholeNumberOf } from '../json-fields.js'
import { toMetadata } from '../metadata.js'

/** Where channels are listed, of which an export has some, and what names their folders. */
export const lists = [
  { file: 'channels.json', type: 'channel', folder: 'name' },
  { file: 'groups.json', type: 'private channel', folder: 'name' },
  { file: 'mpims.json', type: 'group message', folder: 'name' },
  { file: 'dms.json', type: 'direct message', folder: 'id' },
  // Where people comment on canvases: `FC:F123:Plan`.
  { file: 'file_conversations.json', type: 'file conversation', folder: 'name' },
] as const

export interface SlackChannel {
  readonly folder: string
  readonly channelId: string
  readonly name: string
  /** `ts` of messages that are pinned. */
  readonly pinned: ReadonlySet<string>
  readonly model: Params<'upsertChannel'>
}

/** A folder's name in one form: macOS writes letters otherwise than Slack, and Windows has no colons in names. */
export const keyOfFolder = (folder: string): string => folder.normalize().replaceAll(':', '_')

export function readChannel(channel: JsonObject, list: (typeof lists)[number]): SlackChannel {
  const channelId = textOf(channel['id']) ?? ''
  const name = textOf(channel['name']) ?? channelId
  const created = wholeNumberOf(channel['created']) ?? numberOf(channel['created'])
  const metadata = toMetadata({
    source: 'slack',
    sourceType: list.type,
    topic: textOf(objectOf(channel['topic'])['value']),
    purpose: textOf(objectOf(channel['purpose'])['value']),
    isArchived: trueOf(channel['is_archived']),
    memberIds: listOf(channel['members']).flatMap((member) => textOf(member) ?? []),
  })
  return {
    channelId,
    name,
    folder: list.folder === 'id' ? channelId : name,
    pinned: new Set(objectsOf(channel['pins']).flatMap((pin) => textOf(pin['id']) ?? [])),
    model: {
      channelId,
      name,
      metadata,
      ...(created === undefined || created === 0 ? {} : { createdAt: Math.trunc(created) * 1_000 }),
    },
  }
}
