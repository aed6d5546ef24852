import { ConvoDbError } from '../../protocol/errors.js'
import type { Session } from '../connection/session.js'
import { awaitNodes } from './changes.js'

const selectPlaces = `
  SELECT message_id AS "messageId", channel_id AS "channelId", message_key AS "messageKey" FROM message_places
  WHERE message_id = ANY ($1::text[])`
// In one order, whoever locks some.
const lockPlaces = `${selectPlaces} ORDER BY message_id FOR UPDATE`

/** On which channel's node a message is, and by which key. */
export interface MessagePlace {
  readonly messageId: string
  readonly channelId: string
  readonly messageKey: number
}

/** By id, those that are there for whoever asks. */
export async function findPlaces(
  session: Session,
  messageIds: readonly string[],
  { lock = false } = {},
): Promise<Map<string, MessagePlace>> {
  if (messageIds.length === 0) return new Map()
  const sql = lock ? lockPlaces : selectPlaces
  const places = await session.all<MessagePlace>(sql, [session.ids([...new Set(messageIds)])])
  if (lock && places.length > 0) await awaitNodes(session)
  return new Map(
    places.filter(({ channelId }) => session.scope.has(channelId)).map((place) => [place.messageId, place]),
  )
}

export async function findPlace(session: Session, messageId: string): Promise<MessagePlace | undefined> {
  return (await findPlaces(session, [messageId])).get(messageId)
}

/** @throws NOT_FOUND */
export async function requirePlace(session: Session, messageId: string, options = {}): Promise<MessagePlace> {
  const place = (await findPlaces(session, [messageId], options)).get(messageId)
  if (place !== undefined) return place
  throw new ConvoDbError('NOT_FOUND', `There is no message '${messageId}'`, { messageId })
}
