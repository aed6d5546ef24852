import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Session } from '../connection/session.js'
import { keyOf, rowColumns, toRecord, type KeyedRow } from '../reading/message-rows.js'
import { findPlaces } from './message-places.js'
import { findRow } from './messages.js'
import { findShown, withShown } from './shown-with-messages.js'

// The primary key (message_key, channel_id), a probe a key.
const selectByKeys = `
  SELECT ${rowColumns} FROM messages WHERE messages.message_key = ANY ($1::bigint[]) AND messages.channel_id = ANY ($2::text[])`

export async function getMessage(
  session: Session,
  { messageId, ...asked }: WireParams<'getMessage'>,
): Promise<WireResult<'getMessage'>> {
  const row = await findRow(session, messageId)
  if (row === undefined) return undefined
  const shownOf = await findShown(session, [row], asked)
  return { ...toRecord(row), ...shownOf?.(row) }
}

/** In the order asked, as often as asked. */
export async function getMessagesByIds(
  session: Session,
  { messageIds, ...asked }: WireParams<'getMessagesByIds'>,
): Promise<WireResult<'getMessagesByIds'>> {
  const places = await findPlaces(session, messageIds)
  if (places.size === 0) return []
  const rows = await session.lists<KeyedRow>(selectByKeys, [
    [...places.values()].map(({ messageKey }) => messageKey),
    session.ids([...new Set([...places.values()].map(({ channelId }) => channelId))]),
  ])
  const byKey = new Map(rows.map((row) => [keyOf(row), row]))
  const found = messageIds.flatMap((id) => {
    const row = byKey.get(places.get(id)?.messageKey ?? -1)
    return row === undefined ? [] : [row]
  })
  return withShown(session, found, asked)
}
