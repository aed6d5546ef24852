import type { ReadConnection } from '../connection/connection.js'
import { readTexts } from '../tables/message-words.js'
import { listKeysOfUser } from '../tables/user-keys.js'
import { BlockCollector } from '../words/block-collector.js'
import { blockLength, blockOf, placeOf } from '../words/changed-words.js'
import type { UnindexedBlock } from '../words/unindexed-words.js'
import type { WordState } from '../words/word-state.js'
import type { WordBlock } from './word-blocks.js'

/** The words of the snapshot's messages that are not in the index. */
export const listUnindexedBlocks = (
  connection: ReadConnection,
  state: WordState,
  through: number,
): WordBlock[] =>
  connection.words.unindexed
    .follow(state, through, (from, to) => collect(connection, from, to))
    .map((collected) => toBlock(connection, collected))

const collector = new BlockCollector()

function collect(connection: ReadConnection, after: number, through: number): UnindexedBlock[] {
  const blocks: UnindexedBlock[] = []
  for (let from = after; from < through;) {
    const block = blockOf(from + 1)
    const to = Math.min(through, (block + 1) * blockLength - 1)
    collector.clear()
    collector.addAll(readTexts(connection, from, to))
    blocks.push({ ...collector.take(), block, after: from, through: to })
    from = to
  }
  return blocks
}

const toBlock = (connection: ReadConnection, collected: UnindexedBlock): WordBlock => ({
  ...collected,
  lengths: () => collected.lengths,
  page: (page) => collected.pages.get(page),
  placesOfUser: (userKey) =>
    listKeysOfUser(connection, userKey, collected.after, collected.through).map(placeOf),
})
