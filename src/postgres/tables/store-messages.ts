import { ConvoDbError } from '../../protocol/errors.js'
import type { Session } from '../connection/session.js'
import { findForgotten } from './forgotten-users.js'
import { failed, insertRows, type Given, type KeyedMessage, type Stored } from './message-values.js'
import { storeAgain, type Tells } from './store-again.js'

const takeKeys = `SELECT nextval('message_keys') AS key FROM generate_series(1, $1)`
/** So many keys the sequence gives at once. */
const keysAtOnce = 1_000

const insertPlaces = `
  INSERT INTO message_places (message_id, channel_id, message_key)
  SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
  ON CONFLICT (message_id) DO NOTHING RETURNING message_id AS "messageId"`

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
  const tells: Tells = new Map()
  let waiting = wanted
  for (let attempt = 0; waiting.length > 0; attempt += 1) {
    if (attempt === maxTries) throw busy()
    const keyed = await insertNew(session, waiting, tells)
    for (const { message } of keyed) outcomes.set(message.messageId, 'inserted')
    const others = waiting.filter(({ messageId }) => !outcomes.has(messageId))
    const again = await storeAgain(session, others, tells)
    for (const [id, outcome] of again) outcomes.set(id, outcome)
    // What was there a moment ago, and was deleted by somebody else meanwhile, is new now.
    waiting = others.filter(({ messageId }) => !outcomes.has(messageId))
  }
  // In the order of the calls, whichever statements did it.
  for (const { messageId } of messages)
    for (const change of tells.get(messageId) ?? []) session.changes.add(change)
  return messages.map(({ messageId }) => outcomes.get(messageId) ?? 'ignored')
}

const maxTries = 10

const busy = (): ConvoDbError =>
  new ConvoDbError('BUSY', 'Others store and delete messages of the same ids again and again; try later')

const outOfScope = (): ConvoDbError =>
  new ConvoDbError('FORBIDDEN', 'This is held to certain channels, and names another')

/** Those whose ids nobody has. */
async function insertNew(
  session: Session,
  messages: readonly Given[],
  tells: Tells,
): Promise<KeyedMessage[]> {
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
  if (fresh.length === 0) return []
  await insertRows(session, fresh)
  for (const { message, messageKey } of fresh) {
    session.counters.add(message)
    tells.set(message.messageId, [{ kind: 'messagesStored', messageKeys: [messageKey] }])
  }
  return fresh
}
