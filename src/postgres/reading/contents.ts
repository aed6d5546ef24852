import type { Session } from '../connection/session.js'
import type { WordPlace } from '../tables/messages-to-index.js'

// The primary key (message_key, channel_id); planned for the keys that there are, since a plan that was made for any, while there were few
// messages, goes through all of their channels. Long texts are read one by one, lest a thousand of them are in memory at once.
const inChannels = (condition: string): string => `
  SELECT message_key, channel_id, CASE WHEN octet_length(content) <= 65536 THEN content END AS content, timestamp, user_id, message_type
  FROM messages WHERE message_key = ANY ($1::bigint[]) AND ${condition}`
const selectSome = inChannels(`channel_id = ANY ($2::text[])`)
const lockSome = `/* one server */ ${selectSome} FOR SHARE SKIP LOCKED`
const lockSomeOfChannel = inChannels(`channel_id = $2 FOR SHARE SKIP LOCKED`)
const selectContent = `SELECT content FROM messages WHERE message_key = $1 AND channel_id = $2`

/** A message as a search looks at it. */
export interface SearchedText extends WordPlace {
  readonly timestamp: number
  readonly userId: string
  readonly messageType: string
  readonly content: string
}

type TextRow = [
  key: number,
  channelId: string,
  content: string | null,
  timestamp: number,
  userId: string,
  messageType: string,
]

interface ReadOptions {
  /** Whether nobody may change them until the transaction ends; those that somebody is changing are passed over. */
  readonly lock?: boolean
}

const step = 1_000

/** Those that are there, in any order, one by one. */
export async function* readTexts(
  session: Session,
  places: readonly WordPlace[],
  { lock = false }: ReadOptions = {},
): AsyncGenerator<SearchedText> {
  for (let start = 0; start < places.length; start += step) {
    const some = places.slice(start, start + step)
    const rows = await (lock && session.isDivided
      ? lockByChannel(session, some)
      : readSome(session, some, lock))
    for (const [messageKey, channelId, content, timestamp, userId, messageType] of rows) {
      const text = content ?? (await readContent(session, { messageKey, channelId }))
      yield { messageKey, channelId, timestamp, userId, messageType, content: text }
    }
  }
}

const readSome = (session: Session, places: readonly WordPlace[], lock: boolean): Promise<TextRow[]> =>
  session.lists<TextRow>(
    lock ? lockSome : selectSome,
    [
      places.map(({ messageKey }) => messageKey),
      session.ids([...new Set(places.map(({ channelId }) => channelId))]),
    ],
    { isPlannedAnew: true },
  )

/** A cluster locks rows of one channel at a time. */
async function lockByChannel(session: Session, places: readonly WordPlace[]): Promise<TextRow[]> {
  const byChannel = Map.groupBy(places, ({ channelId }) => channelId)
  const rows = await Promise.all(
    [...byChannel].map(([channelId, some]) =>
      session.lists<TextRow>(lockSomeOfChannel, [
        some.map(({ messageKey }) => messageKey),
        session.id(channelId),
      ]),
    ),
  )
  return rows.flat()
}

const readContent = async (session: Session, { messageKey, channelId }: WordPlace): Promise<string> =>
  (await session.get<{ content: string }>(selectContent, [messageKey, session.id(channelId)]))?.content ?? ''
