import type { BatchOutcome } from '../../protocol/batch.js'
import { ConvoDbError } from '../../protocol/errors.js'
import type { StoreOutcome } from '../../protocol/models.js'
import type { WireParams } from '../../protocol/operations.js'
import type { Session } from '../connection/session.js'
import { pendChanged, pendMessages } from '../pending/pending-rules.js'
import { changeOwnerOf } from './changes.js'
import { keyOf, rowColumns, toRecord, type KeyedRow } from '../reading/message-rows.js'
import { addToChannels, takeFromChannels } from './channels.js'
import { findForgotten } from './forgotten-users.js'
import { forgetAnswers } from './idempotency-keys.js'
import { Gains } from './message-gains.js'
import { keepVersions } from './message-versions.js'
import {
  insertRows,
  isChanged,
  updateRows,
  type CurrentMessage,
  type KeyedMessage,
  type NewMessage,
} from './message-values.js'
import { moveMessage } from './moved-messages.js'
import { addToUsers, takeFromUsers, touchUsers } from './user-counters.js'

type Given = WireParams<'storeMessage'>
export type Stored = StoreOutcome | Extract<BatchOutcome, { readonly ok: false }>

const takeKeys = `SELECT nextval('message_keys') AS key FROM generate_series(1, $1)`
/** So many keys the sequence gives at once. */
const keysAtOnce = 1_000

const insertPlaces = `
  INSERT INTO message_places (message_id, channel_id, message_key)
  SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
  ON CONFLICT (message_id) DO NOTHING RETURNING message_id AS "messageId"`
// In one order, whoever locks some.
const lockPlaces = `
  SELECT message_id AS "messageId", channel_id AS "channelId", message_key AS "messageKey" FROM message_places
  WHERE message_id = ANY ($1::text[]) ORDER BY message_id FOR UPDATE`
const selectCurrent = `
  SELECT ${rowColumns} FROM messages WHERE messages.message_key = ANY ($1::bigint[]) AND messages.channel_id = ANY ($2::text[])`
const failed = (error: ConvoDbError): Stored => ({ ok: false, error: error.toJSON() })

/** An id is one message's in all the database, so this can not be kept from whoever stores it; it is all that is told. */
export const taken = (id: { readonly messageId: string } | { readonly segmentId: string }): ConvoDbError =>
  new ConvoDbError('FORBIDDEN', 'Nothing can be stored under this id here', { ...id })

/** Stores messages in their order, and tells of each how that ended; one that fails leaves nothing behind, and the others stand. */
export async function storeMessages(session: Session, messages: readonly Given[]): Promise<Stored[]> {
  const outcomes: Stored[] = []
  for (const round of roundsOf(messages)) outcomes.push(...(await storeRound(session, round)))
  return outcomes
}

/** Of each round every id is another one, so that a statement comes to no row twice. */
function* roundsOf(messages: readonly Given[]): Generator<readonly Given[]> {
  let round = new Map<string, Given>()
  for (const message of messages) {
    if (round.has(message.messageId)) {
      yield [...round.values()]
      round = new Map()
    }
    round.set(message.messageId, message)
  }
  if (round.size > 0) yield [...round.values()]
}

async function storeRound(session: Session, messages: readonly Given[]): Promise<Stored[]> {
  const forgottenUsers = await findForgotten(session, new Set(messages.map(({ userId }) => userId)))
  const outcomes = new Map<string, Stored>()
  const wanted = messages.filter(({ messageId, userId, channelId }) => {
    if (forgottenUsers.has(userId)) outcomes.set(messageId, 'ignored')
    else if (!session.scope.has(channelId)) outcomes.set(messageId, failed(outOfScope()))
    else return true
    return false
  })
  const keyed = await insertNew(session, wanted)
  const gains = new Gains()
  const isNew = new Set(keyed.map(({ message }) => message.messageId))
  for (const { message } of keyed) {
    outcomes.set(message.messageId, 'inserted')
    gains.add(message)
  }
  const others = wanted.filter(({ messageId }) => !isNew.has(messageId))
  if (others.length > 0) {
    for (const [id, outcome] of await storeAgain(session, others, gains)) outcomes.set(id, outcome)
  }
  if (keyed.length > 0)
    session.changes.add({
      kind: 'messagesStored',
      messageKeys: keyed.map(({ messageKey }) => messageKey),
    })
  await addToChannels(session, gains.channels())
  await addToUsers(session, gains.users())
  await touchUsers(session, gains.touchedUsers())
  await takeFromChannels(session, gains.channelLosses())
  await takeFromUsers(session, gains.userLosses())
  return messages.map(({ messageId }) => outcomes.get(messageId) ?? 'ignored')
}

const outOfScope = (): ConvoDbError =>
  new ConvoDbError('FORBIDDEN', 'This is held to certain channels, and names another')

/** Those whose ids nobody has. */
async function insertNew(session: Session, messages: readonly Given[]): Promise<KeyedMessage[]> {
  if (messages.length === 0) return []
  const keys = await session.all<{ key: number }>(takeKeys, [Math.ceil(messages.length / keysAtOnce)])
  const keyed = messages.map((message, index) => ({
    message,
    messageKey: (keys[Math.floor(index / keysAtOnce)]?.key ?? 0) + (index % keysAtOnce),
  }))
  const sorted = keyed.toSorted((one, other) => (one.message.messageId < other.message.messageId ? -1 : 1))
  const inserted = await session.all<{ messageId: string }>(insertPlaces, [
    session.newIds(sorted.map(({ message }) => message.messageId)),
    session.newIds(sorted.map(({ message }) => message.channelId)),
    sorted.map(({ messageKey }) => messageKey),
  ])
  const ids = new Set(inserted.map(({ messageId }) => messageId))
  const fresh = keyed.filter(({ message }) => ids.has(message.messageId))
  if (fresh.length > 0) await insertRows(session, fresh)
  return fresh
}

/** Those whose ids are taken: as each one's `onConflict` says. */
async function storeAgain(
  session: Session,
  messages: readonly Given[],
  gains: Gains,
): Promise<[string, Stored][]> {
  const ids = session.ids(messages.map(({ messageId }) => messageId))
  const places = await session.all<{ messageId: string; channelId: string; messageKey: number }>(lockPlaces, [
    ids,
  ])
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
    const isHidden = before !== undefined && !session.scope.has(before.channelId)
    if (onConflict === 'ignore' && !isHidden) outcomes.push([messageId, 'ignored'])
    else if (before === undefined || isHidden) outcomes.push([messageId, failed(taken({ messageId }))])
    else if (onConflict === 'error') outcomes.push([messageId, failed(alreadyStored(messageId))])
    else if (before.channelId === message.channelId)
      updates.push({ message, before, messageKey: before.messageKey })
    else outcomes.push([messageId, await move(session, message, before, gains)])
  }
  if (updates.length > 0) {
    await keepVersions(session, updates)
    await updateRows(session, updates)
    await pendMessages(
      session,
      updates.filter(({ message, before }) => message.content !== before.content).map(({ before }) => before),
    )
    for (const { message, messageKey, before } of updates) {
      gains.change(message, before)
      if (isChanged(message, before)) session.changes.add({ kind: 'messageUpdated', messageKey })
      if (message.userId !== before.userId) await changeOwnerOf(session, message.messageId, message.userId)
      outcomes.push([message.messageId, 'updated'])
    }
    await forgetAnswers(session)
  }
  return outcomes
}

async function move(
  session: Session,
  message: NewMessage,
  before: CurrentMessage,
  gains: Gains,
): Promise<Stored> {
  try {
    await moveMessage(session, { message, messageKey: before.messageKey }, before)
    gains.change(message, before)
    // It is in no segment.
    if (message.content !== before.content) await pendChanged(session, 'message', [before.messageKey])
    const { messageId, userId } = message
    session.changes.add({ kind: 'messageDeleted', messageId, channelId: before.channelId, userId })
    session.changes.add({ kind: 'messageUpdated', messageKey: before.messageKey })
    return 'updated'
  } catch (error) {
    if (error instanceof ConvoDbError) return failed(error)
    throw error
  }
}

const alreadyStored = (messageId: string): ConvoDbError =>
  new ConvoDbError('ALREADY_EXISTS', `Message '${messageId}' is already stored`, { messageId })
