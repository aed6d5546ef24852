import { ConvoDbError } from '../../protocol/errors.js'
import type { MessagePlace, Session } from '../connection/session.js'
import { awaitNodes } from './changes.js'

const selectPlaces = `
  SELECT message_id AS "messageId", channel_id AS "channelId", message_key AS "messageKey" FROM message_places
  WHERE message_id = ANY ($1::text[])`
// In one order, whoever locks some.
const lockPlaces = `${selectPlaces} ORDER BY message_id FOR UPDATE`

/** By id, those that are there for whoever asks. */
export async function findPlaces(
  session: Session,
  messageIds: readonly string[],
  { lock = false } = {},
): Promise<Map<string, MessagePlace>> {
  if (messageIds.length === 0) return new Map()
  const places = await ask(session, lock ? lockPlaces : selectPlaces, messageIds)
  if (lock && places.size > 0) await awaitNodes(session)
  return new Map([...places].filter(([, { channelId }]) => session.scope.has(channelId)))
}

export async function findPlace(session: Session, messageId: string): Promise<MessagePlace | undefined> {
  if (session.places === undefined) return (await findPlaces(session, [messageId])).get(messageId)
  const place = await session.places.one(messageId, (ids) => ask(session, selectPlaces, ids))
  return place !== undefined && session.scope.has(place.channelId) ? place : undefined
}

/** Whoever may see them. */
async function ask(
  session: Session,
  sql: string,
  messageIds: readonly string[],
): Promise<Map<string, MessagePlace>> {
  const places = await session.all<MessagePlace>(sql, [session.ids([...new Set(messageIds)])])
  return new Map(places.map((place) => [place.messageId, place]))
}

/** @throws NOT_FOUND */
export async function requirePlace(session: Session, messageId: string, options = {}): Promise<MessagePlace> {
  const place = (await findPlaces(session, [messageId], options)).get(messageId)
  if (place !== undefined) return place
  throw new ConvoDbError('NOT_FOUND', `There is no message '${messageId}'`, { messageId })
}
