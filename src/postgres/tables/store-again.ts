import { ConvoDbError } from '../../protocol/errors.js'
import type { Noted } from '../connection/changes.js'
import type { Session } from '../connection/session.js'
import { pendChanged, pendMessages } from '../pending/pending-rules.js'
import { keyOf, rowColumns, toRecord, type KeyedRow } from '../reading/message-rows.js'
import { awaitNodes } from './changes.js'
import { forgetAnswers } from './idempotency-keys.js'
import {
  failed,
  isChanged,
  taken,
  updateRows,
  wordPlaceOf,
  type CurrentMessage,
  type Given,
  type KeyedMessage,
  type NewMessage,
  type Stored,
} from './message-values.js'
import { dropTerms } from './message-terms.js'
import { keepVersions } from './message-versions.js'
import { moveMessage } from './moved-messages.js'

// In one order, whoever locks some.
const lockPlaces = `
  SELECT message_id AS "messageId", channel_id AS "channelId", message_key AS "messageKey" FROM message_places
  WHERE message_id = ANY ($1::text[]) ORDER BY message_id FOR UPDATE`
const selectCurrent = `
  SELECT ${rowColumns} FROM messages WHERE messages.message_key = ANY ($1::bigint[]) AND messages.channel_id = ANY ($2::text[])`

/** What whoever follows the changes is told of each message, by its id. */
export type Tells = Map<string, readonly Noted[]>

/** Those whose ids are taken: as each one's `onConflict` says. Nothing is told of one that turns out to be gone. */
export async function storeAgain(
  session: Session,
  messages: readonly Given[],
  tells: Tells,
): Promise<[string, Stored][]> {
  if (messages.length === 0) return []
  const ids = session.ids(messages.map(({ messageId }) => messageId))
  const places = await session.all<{ messageId: string; channelId: string; messageKey: number }>(lockPlaces, [
    ids,
  ])
  if (places.length > 0) await awaitNodes(session)
  const rows = await session.lists<KeyedRow>(selectCurrent, [
    places.map(({ messageKey }) => messageKey),
    session.ids([...new Set(places.map(({ channelId }) => channelId))]),
  ])
  const byKey = new Map(rows.map((row) => [keyOf(row), { ...toRecord(row), messageKey: keyOf(row) }]))
  const byId = new Map(places.map(({ messageId, messageKey }) => [messageId, byKey.get(messageKey)]))
  const outcomes: [string, Stored][] = []
  const updates: (KeyedMessage & { readonly before: CurrentMessage })[] = []
  for (const message of messages) {
    const { messageId, onConflict = 'update' } = message
    const before = byId.get(messageId)
    if (before === undefined) continue
    const isHidden = !session.scope.has(before.channelId)
    if (onConflict === 'ignore' && !isHidden) outcomes.push([messageId, 'ignored'])
    else if (isHidden) outcomes.push([messageId, failed(taken({ messageId }))])
    else if (onConflict === 'error') outcomes.push([messageId, failed(alreadyStored(messageId))])
    // As by an import that runs twice: nothing is written.
    else if (!isChanged(message, before)) outcomes.push([messageId, 'updated'])
    else if (before.channelId === message.channelId)
      updates.push({ message, before, messageKey: before.messageKey })
    else outcomes.push([messageId, await move(session, message, before, tells)])
  }
  if (updates.length > 0) {
    await keepVersions(session, updates)
    await updateRows(session, updates)
    const edited = updates.filter(({ message, before }) => message.content !== before.content)
    await dropTerms(session, edited.map(wordPlaceOf))
    await pendMessages(
      session,
      edited.map(({ before }) => before),
    )
    for (const { message, messageKey, before } of updates) {
      session.counters.change(message, before)
      const owners = changeOwner(session, message, before)
      tells.set(message.messageId, [...owners, { kind: 'messageUpdated', messageKey }])
      outcomes.push([message.messageId, 'updated'])
    }
    await forgetAnswers(session)
  }
  return outcomes
}

function changeOwner(session: Session, { messageId, userId }: NewMessage, before: CurrentMessage): Noted[] {
  if (userId === before.userId) return []
  const change = { messageId, from: before.userId, to: userId }
  session.counters.owners.append(change)
  return [{ kind: 'ownerChanged', ...change }]
}

async function move(
  session: Session,
  message: NewMessage,
  before: CurrentMessage,
  tells: Tells,
): Promise<Stored> {
  try {
    await moveMessage(session, { message, messageKey: before.messageKey }, before)
    session.counters.change(message, before)
    // It is in no segment.
    if (message.content !== before.content) await pendChanged(session, 'message', [before.messageKey])
    const { messageId, userId } = message
    tells.set(messageId, [
      ...changeOwner(session, message, before),
      { kind: 'messageDeleted', messageId, channelId: before.channelId, userId },
      { kind: 'messageUpdated', messageKey: before.messageKey },
    ])
    return 'updated'
  } catch (error) {
    if (error instanceof ConvoDbError) return failed(error)
    throw error
  }
}

const alreadyStored = (messageId: string): ConvoDbError =>
  new ConvoDbError('ALREADY_EXISTS', `Message '${messageId}' is already stored`, { messageId })
