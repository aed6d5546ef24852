import { ConvoDbError } from '../../protocol/errors.js'
import { unpackColumns } from '../../protocol/message-columns.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Session } from '../connection/session.js'
import { rowColumns, toRecord, type KeyedRow, type MessageRecord } from '../reading/message-rows.js'
import { takeFromChannels } from './channels.js'
import { countBy } from './count-by.js'
import { forgetAnswers } from './idempotency-keys.js'
import { findPlace, requirePlace } from './message-places.js'
import { storeMessages } from './store-messages.js'
import { takeFromUsers } from './user-counters.js'

// The primary key (message_key, channel_id).
const selectByKey = `SELECT ${rowColumns} FROM messages WHERE messages.message_key = $1 AND messages.channel_id = $2`
const takePlaces = `
  DELETE FROM message_places WHERE message_id = ANY ($1::text[]) AND ($2::text[] IS NULL OR channel_id = ANY ($2::text[]))
  RETURNING channel_id AS "channelId", message_key AS "messageKey"`
const lockPlaces = `SELECT 1 FROM message_places WHERE message_id = ANY ($1::text[]) ORDER BY message_id FOR UPDATE`
const deleteRows = `
  DELETE FROM messages WHERE message_key = ANY ($1::bigint[]) AND channel_id = ANY ($2::text[])
  RETURNING channel_id AS "channelId", user_id AS "userId"`

export async function storeMessage(
  session: Session,
  message: WireParams<'storeMessage'>,
): Promise<WireResult<'storeMessage'>> {
  const [outcome = 'ignored'] = await storeMessages(session, [message])
  if (typeof outcome === 'object') throw ConvoDbError.from(outcome.error)
  return { messageId: message.messageId, outcome }
}

/** All of them or none. */
export async function addMessages(
  session: Session,
  { columns, chunks = [], onConflict }: WireParams<'addMessages'>,
): Promise<WireResult<'addMessages'>> {
  const counts = { inserted: 0, updated: 0, ignored: 0 }
  for (const chunk of columns === undefined ? chunks : [columns, ...chunks]) {
    const messages = 'messageIds' in chunk ? unpackColumns(chunk) : [chunk]
    for (const outcome of await storeMessages(
      session,
      messages.map((message) => ({ ...message, onConflict })),
    )) {
      if (typeof outcome === 'object') throw ConvoDbError.from(outcome.error)
      counts[outcome] += 1
    }
  }
  return counts
}

/** The message as it is, where it is there for whoever asks. */
export async function findRow(session: Session, messageId: string): Promise<KeyedRow | undefined> {
  const place = await findPlace(session, messageId)
  if (place === undefined) return undefined
  const [row] = await session.lists<KeyedRow>(selectByKey, [place.messageKey, session.id(place.channelId)])
  return row
}

export async function updateMessage(
  session: Session,
  { messageId, ...changes }: WireParams<'updateMessage'>,
): Promise<MessageRecord> {
  await requirePlace(session, messageId, { lock: true })
  const current = await requireRecord(session, messageId)
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
  const edited =
    changes.content === undefined || changes.editedAt !== undefined ? {} : { editedAt: Date.now() }
  await storeMessage(session, { ...current, ...given, ...edited, onConflict: 'update' })
  return requireRecord(session, messageId)
}

/** @throws NOT_FOUND */
async function requireRecord(session: Session, messageId: string): Promise<MessageRecord> {
  const row = await findRow(session, messageId)
  if (row !== undefined) return toRecord(row)
  throw new ConvoDbError('NOT_FOUND', `There is no message '${messageId}'`, { messageId })
}

export async function deleteMessages(
  session: Session,
  { messageIds }: WireParams<'deleteMessages'>,
): Promise<number> {
  const ids = session.ids([...new Set(messageIds)])
  if (ids.length === 0) return 0
  await session.run(lockPlaces, [ids])
  const own = session.scope.isHeld ? session.ids(session.scope.channelIds) : null
  const places = await session.all<{ channelId: string; messageKey: number }>(takePlaces, [ids, own])
  if (places.length === 0) return 0
  const rows = await session.all<{ channelId: string; userId: string }>(deleteRows, [
    places.map(({ messageKey }) => messageKey),
    session.ids([...new Set(places.map(({ channelId }) => channelId))]),
  ])
  await takeFromChannels(
    session,
    countBy(rows, ({ channelId }) => channelId),
  )
  await takeFromUsers(
    session,
    countBy(rows, ({ userId }) => userId),
  )
  await forgetAnswers(session)
  return rows.length
}
