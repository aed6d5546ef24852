import { ConvoDbError } from '../../protocol/errors.js'
import { unpackColumns } from '../../protocol/message-columns.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Session } from '../connection/session.js'
import { rowColumns, toRecord, type KeyedRow, type MessageRecord } from '../reading/message-rows.js'
import { deletePlaced } from './delete-messages.js'
import { findPlace, findPlaces, requirePlace } from './message-places.js'
import { storeMessages } from './store-messages.js'

// The primary key (message_key, channel_id).
const selectByKey = `SELECT ${rowColumns} FROM messages WHERE messages.message_key = $1 AND messages.channel_id = $2`

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
  const places = await findPlaces(session, messageIds, { lock: true })
  return deletePlaced(
    session,
    [...new Set(messageIds)].flatMap((id) => places.get(id) ?? []),
  )
}
