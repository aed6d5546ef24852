import type { Session } from '../connection/session.js'

const insertEntry = `INSERT INTO messages_to_index (channel_ids, message_keys) VALUES ($1::text[], $2::bigint[])`
const selectFirst = `
  WITH first AS (
    SELECT entry_key, channel_ids, message_keys, sum(cardinality(message_keys)) OVER (ORDER BY entry_key) AS total
    FROM (SELECT entry_key, channel_ids, message_keys FROM messages_to_index ORDER BY entry_key LIMIT $1) AS entries
  )
  SELECT first.entry_key, places.channel_id, places.message_key FROM first
  CROSS JOIN LATERAL unnest(first.channel_ids, first.message_keys) AS places (channel_id, message_key)
  WHERE first.total - cardinality(first.message_keys) < $1 ORDER BY first.entry_key`
const deleteEntries = `DELETE FROM messages_to_index WHERE entry_key = ANY ($1::bigint[])`
// All of the table, in which there is little.
const selectPlaces = `
  SELECT DISTINCT places.message_key AS "messageKey", places.channel_id AS "channelId" FROM messages_to_index AS entries
  CROSS JOIN LATERAL unnest(entries.channel_ids, entries.message_keys) AS places (channel_id, message_key)
  WHERE $1::text[] IS NULL OR (entries.channel_ids && $1::text[] AND places.channel_id = ANY ($1::text[]))
  LIMIT $2`
const countPlaces = `SELECT coalesce(sum(cardinality(message_keys)), 0)::bigint AS count FROM messages_to_index`

/** In an entry, and so in what is indexed at once. */
const maxEntryLength = 1_000

/** On which channel's node a message is, and under which key. */
export interface WordPlace {
  readonly channelId: string
  readonly messageKey: number
}

/** To be called in the transaction that stores messages or changes their texts. Whoever indexes words comes by later. */
export function noteForIndex(session: Session, places: readonly WordPlace[]): void {
  for (let start = 0; start < places.length; start += maxEntryLength) {
    const some = places.slice(start, start + maxEntryLength)
    session.send(insertEntry, [
      session.ids(some.map(({ channelId }) => channelId)),
      some.map(({ messageKey }) => messageKey),
    ])
  }
}

/** Takes the entries that were made first, of a thousand messages or somewhat more. */
export async function takeEntries(session: Session): Promise<WordPlace[]> {
  const rows = await session.lists<[entryKey: number, channelId: string, messageKey: number]>(selectFirst, [
    maxEntryLength,
  ])
  if (rows.length === 0) return []
  session.send(deleteEntries, [[...new Set(rows.map(([entryKey]) => entryKey))]])
  const places = rows.map(([, channelId, messageKey]) => ({ channelId, messageKey }))
  const isOnce = new Set(rows.map(([, , messageKey]) => messageKey)).size === rows.length
  return isOnce
    ? places
    : [...new Map(places.map((place) => [`${place.messageKey} ${place.channelId}`, place])).values()]
}

/** Up to `limit` messages, of some channels or of all, whose words are not indexed. */
export const listUnindexed = (
  session: Session,
  channelIds: readonly string[] | undefined,
  limit: number,
): Promise<WordPlace[]> =>
  session.all<WordPlace>(selectPlaces, [channelIds === undefined ? null : session.ids(channelIds), limit])

export const countUnindexed = async (session: Session): Promise<number> =>
  (await session.get<{ count: number }>(countPlaces))?.count ?? 0
