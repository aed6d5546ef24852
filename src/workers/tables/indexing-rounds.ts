import type { WriteConnection } from '../connection/connection.js'
import type { GatheredMessage } from '../unindexed/gathered-messages.js'
import { IndexingRound } from '../unindexed/indexing-round.js'
import { blockOf } from '../words/changed-words.js'
import {
  countUnindexedMessages,
  isIndexingDue,
  mostUnindexedMessages,
  readIndexState,
  updateLastKey,
} from './indexed-messages.js'

/** A round begins with so many: the more it has, the more of them are for one page. */
const roundMessages = mostUnindexedMessages / 2
/** A transaction of more messages than these leaves indexing to be done in bulk, which is cheaper in all. */
const maxSmallTransaction = 511
/** A message has two entries; so many a message, and the round is over before the next one is due. */
const entriesPerMessage = 4
const fewestEntries = 16

// An entry may be there already: of a round that a fault broke off.
const insertChannelMessage = `
  INSERT INTO channel_messages (channel_key, timestamp, message_key) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`
const insertTypedMessage = `
  INSERT INTO typed_messages (channel_key, message_type, timestamp, message_key) VALUES (?, ?, ?, ?)
  ON CONFLICT DO NOTHING`
const insertUserMessage = `
  INSERT INTO user_messages (block, user_key, timestamp, message_key, channel_key) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT DO NOTHING`
const addToBlockTimes = `
  INSERT INTO block_times (block, earliest, latest) VALUES (:ownerKey, :earliest, :latest)
  ON CONFLICT (block) DO UPDATE SET
    earliest = min(earliest, excluded.earliest), latest = max(latest, excluded.latest)`
const addToChannel = `
  UPDATE channels SET
    message_count = message_count + :count, last_active = max(coalesce(last_active, :latest), :latest)
  WHERE channel_key = :ownerKey`
const addToUser = `
  UPDATE users SET
    message_count = message_count + :count, last_active = max(coalesce(last_active, :latest), :latest),
    first_seen = min(first_seen, :earliest)
  WHERE user_key = :ownerKey`
const updateCounted = `UPDATE indexed_messages SET round_key = ?, counted_user_key = ? WHERE id = 1`

/** Notes a message that was stored, behind the last one. */
export function gatherMessage(connection: WriteConnection, message: GatheredMessage): void {
  const { memory } = connection
  if (!memory.gatheredMessages.goesOnWith(message.key)) {
    const indexedKey = (memory.indexedKey ??= readIndexState(connection).lastKey)
    if (message.key - 1 !== indexedKey) return
    memory.forgetGathered()
    memory.gatheredMessages.begin(indexedKey, readIndexState(connection).changes)
  }
  memory.gatheredMessages.add(message)
}

/** Whether the writer remembers all that is unindexed, so that it can be indexed in rounds. */
function isRemembered(connection: WriteConnection): boolean {
  const { gatheredMessages, indexedKey, nextMessageKey } = connection.memory
  return (
    indexedKey !== undefined &&
    nextMessageKey !== undefined &&
    gatheredMessages.isAll(indexedKey, nextMessageKey - 1)
  )
}

/** Whether what was gathered is what is stored; else it is forgotten. */
function isAsGathered(connection: WriteConnection): boolean {
  const { memory } = connection
  const isIt =
    isRemembered(connection) && readIndexState(connection).changes === memory.gatheredMessages.changes
  if (!isIt) memory.forgetGathered()
  return isIt
}

/** Whether what has gathered should be indexed in bulk when nothing waits: no transaction of few messages does a little of it. */
export const isBulkDue = (connection: WriteConnection): boolean =>
  isIndexingDue(connection) &&
  (connection.memory.lastMessages > maxSmallTransaction || !isRemembered(connection))

/** Whether the round only has to be counted. */
export const isRoundFilled = ({ memory }: WriteConnection): boolean => memory.round?.isFilled ?? false

/**
 * Indexes some of what is unindexed inside the transaction of a few messages, as much as keeps pace with them; nobody sees any of it
 * before the round is over.
 *
 * @param messages how many the transaction has stored, or changed
 * @returns whether that is all the transaction has to index; else it is for `indexMessages`
 */
export function indexSome(connection: WriteConnection, messages: number): boolean {
  const { memory } = connection
  if (!isRemembered(connection)) return false
  const count = countUnindexedMessages(connection)
  const isPressed = count >= mostUnindexedMessages
  if (memory.round === undefined) {
    if (isPressed || messages > maxSmallTransaction) return false
    if (count < roundMessages) return true
  }
  if (!isAsGathered(connection)) return false
  const round = (memory.round ??= new IndexingRound(memory.gatheredMessages))
  if (!isPressed) {
    insertEntries(connection, round, Math.max(fewestEntries, entriesPerMessage * messages))
    return true
  }
  // Small transactions fill a round in time. After large ones there is more left than should be indexed entry by entry.
  if (!round.isFilled) return false
  endRound(connection, round)
  return countUnindexedMessages(connection) < mostUnindexedMessages
}

/** Counts the messages of a round that is filled: they are indexed then. */
export function endFilledRound(connection: WriteConnection): void {
  const { round } = connection.memory
  if (round?.isFilled === true && isAsGathered(connection)) endRound(connection, round)
}

function insertEntries(connection: WriteConnection, round: IndexingRound, limit: number): void {
  const { ofChannels, ofUsers, users } = round.take(limit)
  for (const { key, channelKey, timestamp, messageType } of ofChannels) {
    connection.run(insertChannelMessage, [channelKey, timestamp, key])
    if (messageType !== 'message')
      connection.run(insertTypedMessage, [channelKey, messageType, timestamp, key])
  }
  for (const { key, channelKey, userKey, timestamp } of ofUsers)
    connection.run(insertUserMessage, [blockOf(key), userKey, timestamp, key, channelKey])
  for (const user of users) connection.run(addToUser, { ...user })
  const last = users.at(-1)
  if (last !== undefined) connection.run(updateCounted, [roundKeyOf(connection, round), last.ownerKey])
}

/** The last message of the round. */
const roundKeyOf = ({ memory }: WriteConnection, { length }: IndexingRound): number =>
  (memory.indexedKey ?? 0) + length

function endRound(connection: WriteConnection, round: IndexingRound): void {
  const { memory } = connection
  for (const { count: _, ...times } of round.ofBlocks(blockOf)) connection.run(addToBlockTimes, times)
  for (const { earliest: _, ...activity } of round.ofChannels()) connection.run(addToChannel, activity)
  const lastKey = roundKeyOf(connection, round)
  connection.run(updateLastKey, [lastKey])
  memory.indexedKey = lastKey
  memory.gatheredMessages.drop(round.length)
  memory.round = undefined
}
