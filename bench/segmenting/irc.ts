import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { NewMessage } from 'convodb'

/** Annotated chat (Kummerfeld et al. 2019), which is too large for the repository; beside the checkout. */
const folder = resolve('..', 'shared', 'data', 'irc')

export const hasIrc = (): boolean => existsSync(join(folder, 'messages.ndjson.gz'))

/** One excerpt of a channel's log. */
export interface Excerpt {
  readonly channelId: string
  readonly messages: readonly (NewMessage & { readonly timestamp: number; readonly messageType: string })[]
  /** The annotated conversation of each message that is in one. */
  readonly gold: ReadonlyMap<string, string>
  /** The annotated message that each message answers; the latest one, where it answers several. */
  readonly answered: ReadonlyMap<string, string>
}

interface MessageLine {
  readonly message_id: string
  readonly channel_id: string
  readonly user_id: string
  readonly content: string
  readonly timestamp: string
  readonly message_type: string
}
interface SegmentLine {
  readonly segment_id: string
  readonly channel_id: string
  readonly message_ids: readonly string[]
}
interface LinkLine {
  readonly channel_id: string
  readonly message_id: string
  readonly reply_to_message_id: string
}

function readLines<Line>(name: string): Line[] {
  const lines = gunzipSync(readFileSync(join(folder, name)))
    .toString('utf8')
    .trim()
    .split('\n')
  return lines.map((line): Line => JSON.parse(line))
}

export function readExcerpts(): Excerpt[] {
  const messages = Map.groupBy(readLines<MessageLine>('messages.ndjson.gz'), (line) => line.channel_id)
  const segments = Map.groupBy(readLines<SegmentLine>('segments.ndjson.gz'), (line) => line.channel_id)
  const links = Map.groupBy(readLines<LinkLine>('links.ndjson.gz'), (line) => line.channel_id)
  return [...messages].map(([channelId, lines]) => ({
    channelId,
    messages: lines.map((line) => ({
      messageId: line.message_id,
      channelId,
      userId: line.user_id,
      content: line.content,
      timestamp: Date.parse(line.timestamp),
      messageType: line.message_type,
    })),
    gold: new Map(
      (segments.get(channelId) ?? []).flatMap((segment) =>
        segment.message_ids.map((messageId) => [messageId, segment.segment_id] as const),
      ),
    ),
    answered: new Map(
      (links.get(channelId) ?? [])
        .toSorted((one, other) => (one.reply_to_message_id < other.reply_to_message_id ? -1 : 1))
        .map((link) => [link.message_id, link.reply_to_message_id] as const),
    ),
  }))
}
