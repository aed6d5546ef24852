import type { ReadConnection } from '../connection/connection.js'
import { blockLength, blockOf, placeOf } from '../words/changed-words.js'
import type { CollectedWords } from '../words/unindexed-words.js'
import { WordCollector } from '../words/word-collector.js'
import { lengthOf, readTexts, type SearchedMessage } from '../tables/message-words.js'
import type { WordState } from '../words/word-state.js'
import type { WordBlock } from './word-blocks.js'

// A range of the primary key.
const selectKeysOfUser = `
  SELECT message_key FROM main.messages WHERE message_key > :after AND message_key <= :through AND user_key = :userKey`

/** The words of the snapshot's messages that are not in the index. */
export const listUnindexedBlocks = (
  connection: ReadConnection,
  state: WordState,
  through: number,
): WordBlock[] =>
  connection.words.unindexed
    .follow(state, through, () => collect(connection, state.lastKey, through))
    .map((collected) => toBlock(connection, collected))

const collector = new WordCollector()

function collect(connection: ReadConnection, after: number, through: number): CollectedWords[] {
  const blocks: CollectedWords[] = []
  for (let from = after; from < through;) {
    const block = blockOf(from + 1)
    const to = Math.min(through, (block + 1) * blockLength - 1)
    blocks.push(collectBlock(block, from, to, readTexts(connection, from, to)))
    from = to
  }
  return blocks
}

function collectBlock(
  block: number,
  after: number,
  through: number,
  found: Iterable<SearchedMessage>,
): CollectedWords {
  const lengths = new Uint8Array(blockLength)
  let messages = 0
  let words = 0
  let earliest = Infinity
  let latest = -Infinity
  collector.clear()
  for (const { messageKey, channelKey, timestamp, content } of found) {
    const length = lengthOf(collector.add(placeOf(messageKey), channelKey, content))
    lengths[placeOf(messageKey)] = length
    messages += 1
    words += length
    earliest = Math.min(earliest, timestamp)
    latest = Math.max(latest, timestamp)
  }
  const pages = new Map([...collector.takePages()].map(([page, { bytes }]) => [page, bytes]))
  return { block, after, through, pages, lengths, messages, words, earliest, latest }
}

const toBlock = (connection: ReadConnection, collected: CollectedWords): WordBlock => ({
  ...collected,
  lengths: () => collected.lengths,
  page: (page) => collected.pages.get(page),
  placesOfUser: (userKey) =>
    connection
      .column<number>(selectKeysOfUser, { after: collected.after, through: collected.through, userKey })
      .map(placeOf),
})
