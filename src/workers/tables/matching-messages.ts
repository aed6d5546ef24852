import { ConvoDbError } from '../../protocol/errors.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { WriteConnection } from '../connection/connection.js'
import { decodeCursor, encodeCursor, type Place } from '../../protocol/cursors.js'
import { findChannelKey } from './channels.js'
import { placesOfChannel, startOf } from './filtered-messages.js'
import { findUserKey } from './user-keys.js'
import { placesOfUser } from './user-messages.js'

/** One slice deletes for so long; its commit comes on top. */
const sliceMs = 15
/** Places looked at between two looks at the clock. */
const placesPerStep = 100

// By its key. What no index has looked for is looked at here.
const deleteMatching = `
  DELETE FROM messages
  WHERE message_key = :key AND message_type = coalesce(:messageType, message_type)
    AND (:replyToMessageId IS NULL OR reply_to_message_id = :replyToMessageId)`

type Params = WireParams<'deleteMatchingMessages'>

/**
 * Deletes messages that match for some 15 ms, in the order of time, and tells where to go on. A slice that is repeated, after a crash or
 * because nobody knows how it ended, finds less to do and does no harm.
 *
 * @throws INVALID_ARGUMENT
 */
export function deleteMatchingMessages(
  connection: WriteConnection,
  { cursor, ...params }: Params,
): WireResult<'deleteMatchingMessages'> {
  const { messageType = null, replyToMessageId = null } = params
  let place = cursor === undefined ? startOf('asc', params) : decodeCursor(cursor)
  const list = listerOf(connection, params)
  const deadlineMs = performance.now() + sliceMs
  let deletedMessages = 0
  for (;;) {
    const places = list(place, placesPerStep)
    for (const { key } of places)
      deletedMessages += connection.run(deleteMatching, { key, messageType, replyToMessageId })
    place = places.at(-1) ?? place
    if (places.length < placesPerStep) return { deletedMessages, nextCursor: null }
    if (performance.now() > deadlineMs) return { deletedMessages, nextCursor: encodeCursor(place) }
  }
}

/** By whichever index is the nearest. All messages are indexed by now. */
function listerOf(
  connection: WriteConnection,
  params: Params,
): (place: Place, limit: number) => readonly Place[] {
  const { channelId, userId } = params
  if (channelId === undefined && userId === undefined) {
    const message = 'channelId or userId must say whose messages are deleted'
    throw new ConvoDbError('INVALID_ARGUMENT', message, { field: 'channelId' })
  }
  const channelKey = channelId === undefined ? undefined : findChannelKey(connection, channelId)
  const userKey = userId === undefined ? undefined : findUserKey(connection, userId)
  const isNobody =
    (channelId !== undefined && channelKey === undefined) || (userId !== undefined && userKey === undefined)
  if (isNobody) return () => []
  if (userKey !== undefined)
    return (place, limit) => placesOfUser(connection, { userKey, channelKey }, params, place, limit)
  return placesOfChannel(connection, channelKey ?? -1, { ...params, order: 'asc' }, () => true)
}
