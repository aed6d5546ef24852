import { ConvoDbError } from '../../protocol/errors.js'
import { ofLists, sqlFor } from '../connection/list-rows.js'
import type { Query, Session } from '../connection/session.js'
import { findForgotten } from './forgotten-users.js'
import { takeKeys } from './message-keys.js'
import {
  failed,
  insertRows,
  prepareRows,
  type Given,
  type KeyedMessage,
  type Stored,
} from './message-values.js'
import { storeAgain, type Tells } from './store-again.js'

const insertPlaces = ofLists(
  ['text', 'text', 'bigint'],
  (rows) => `
  INSERT INTO message_places (message_id, channel_id, message_key) ${rows} ON CONFLICT (message_id) DO NOTHING`,
)
const selectOwn = `
  SELECT message_key AS "messageKey" FROM message_places
  WHERE message_id = ANY ($1::text[]) AND message_key = ANY ($2::bigint[])`
const deleteOwn = `DELETE FROM message_places WHERE message_id = ANY ($1::text[]) AND message_key = ANY ($2::bigint[])`

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
  const outcomes = new Map<string, Stored>()
  const own = messages.filter(({ messageId, channelId }) => {
    if (session.scope.has(channelId)) return true
    outcomes.set(messageId, failed(outOfScope()))
    return false
  })
  const knownChannels = session.counters.channels.size
  // Of nearly all batches nobody was forgotten: their places are taken while that is asked.
  const forgotten = findForgotten(session, new Set(messages.map(({ userId }) => userId)))
  forgotten.catch(() => 'whoever waits for it is told')
  const first = await insertNew(session, own, forgotten)
  const forgottenUsers = await forgotten
  if (first.length === messages.length) {
    session.changes.add({ kind: 'messagesStored', messageKeys: first.map(({ messageKey }) => messageKey) })
    return messages.map(() => 'inserted')
  }
  for (const { messageId, userId } of messages)
    if (forgottenUsers.has(userId)) outcomes.set(messageId, 'ignored')
  const tells: Tells = new Map()
  let waiting = own.filter(({ userId }) => !forgottenUsers.has(userId))
  let fresh = first
  for (let attempt = 0; waiting.length > 0; attempt += 1) {
    if (attempt === maxTries) throw busy()
    if (attempt > 0) fresh = await insertNew(session, waiting, forgotten)
    for (const { message, messageKey } of fresh) {
      outcomes.set(message.messageId, 'inserted')
      tells.set(message.messageId, [{ kind: 'messagesStored', messageKeys: [messageKey] }])
    }
    const others = waiting.filter(({ messageId }) => !outcomes.has(messageId))
    const again = await storeAgain(session, others, tells)
    for (const [id, outcome] of again) outcomes.set(id, outcome)
    // What was there a moment ago, and was deleted by somebody else meanwhile, is new now.
    waiting = others.filter(({ messageId }) => !outcomes.has(messageId))
  }
  // In the order of the calls, whichever statements did it.
  const isStored = ({ messageId }: Given): boolean =>
    outcomes.get(messageId) === 'inserted' || outcomes.get(messageId) === 'updated'
  session.counters.order(knownChannels, messages.filter(isStored))
  for (const { messageId } of messages)
    for (const change of tells.get(messageId) ?? []) session.changes.add(change)
  return messages.map(({ messageId }) => outcomes.get(messageId) ?? 'ignored')
}

const maxTries = 10

const busy = (): ConvoDbError =>
  new ConvoDbError('BUSY', 'Others store and delete messages of the same ids again and again; try later')

const outOfScope = (): ConvoDbError =>
  new ConvoDbError('FORBIDDEN', 'This is held to certain channels, and names another')

/** Those whose ids nobody has, and whose users were not forgotten. Their rows are made while the server looks for their ids. */
async function insertNew(
  session: Session,
  messages: readonly Given[],
  forgotten: Promise<ReadonlySet<string>>,
): Promise<readonly KeyedMessage[]> {
  if (messages.length === 0) return []
  const keys = await takeKeys(session, messages.length)
  const keyed = messages.map((message, index) => ({ message, messageKey: keys[index] ?? 0 }))
  const sorted = keyed.toSorted((one, other) => (one.message.messageId < other.message.messageId ? -1 : 1))
  const ids = session.newIds(sorted.map(({ message }) => message.messageId))
  const sortedKeys = sorted.map(({ messageKey }) => messageKey)
  const channels = session.newIds(sorted.map(({ message }) => message.channelId))
  const inserting = session.run(sqlFor(session, insertPlaces), [ids, channels, sortedKeys])
  session.hurry()
  const rows = prepareRows(session, keyed)
  const [count, forgottenUsers] = await Promise.all([inserting, forgotten])
  const theirs =
    forgottenUsers.size === 0 ? [] : keyed.filter(({ message }) => forgottenUsers.has(message.userId))
  if (theirs.length > 0) await dropPlaces(session, theirs)
  // A cluster counts what it was given, not what it has inserted (https://github.com/citusdata/citus/issues/3377).
  const isCounted = !session.isDivided && count === keyed.length
  if (theirs.length === 0 && isCounted) return insertFresh(session, keyed, rows)
  const own = await session.all<Pick<KeyedMessage, 'messageKey'>>(selectOwn, [ids, sortedKeys])
  const ownKeys = new Set(own.map(({ messageKey }) => messageKey))
  const fresh = keyed.filter(({ messageKey }) => ownKeys.has(messageKey))
  return fresh.length === 0 ? [] : insertFresh(session, fresh, prepareRows(session, fresh))
}

function insertFresh(session: Session, fresh: readonly KeyedMessage[], rows: Query): readonly KeyedMessage[] {
  insertRows(session, fresh, rows)
  session.hurry()
  for (const { message } of fresh) session.counters.add(message)
  return fresh
}

const dropPlaces = (session: Session, keyed: readonly KeyedMessage[]): Promise<number> =>
  session.run(deleteOwn, [
    session.ids(keyed.map(({ message }) => message.messageId)),
    keyed.map(({ messageKey }) => messageKey),
  ])
