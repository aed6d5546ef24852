import type { ReadConnection } from '../connection/connection.js'
import { listKeysOfUser } from '../tables/user-keys.js'
import { blockLength, placeOf } from '../words/changed-words.js'
import { pageKeyOf } from '../words/word-collector.js'
import type { WordBlock } from './word-blocks.js'

// A range of the primary key, of all blocks: one row for every 8,192 messages.
const selectBlocks = `
  SELECT block, messages, words, earliest, latest FROM message_blocks
  WHERE block >= 0 AND latest > :after AND earliest < :before ORDER BY block`
const selectLengths = `SELECT lengths FROM message_blocks WHERE block = ?`
const selectPage = `SELECT words FROM message_words WHERE page_key = ?`

type BlockRow = Pick<WordBlock, 'block' | 'messages' | 'words' | 'earliest' | 'latest'>

/** The blocks of the index that have messages of a period, both ends exclusive. */
export const listIndexedBlocks = (
  connection: ReadConnection,
  period: { readonly after: number; readonly before: number },
): WordBlock[] => connection.all<BlockRow>(selectBlocks, { ...period }).map((row) => toBlock(connection, row))

function toBlock(connection: ReadConnection, row: BlockRow): WordBlock {
  let lengths: Uint8Array | undefined
  return {
    ...row,
    lengths: () =>
      (lengths ??= connection.column<Uint8Array>(selectLengths, [row.block])[0] ?? new Uint8Array(0)),
    page: (page) => connection.column<Uint8Array>(selectPage, [pageKeyOf(row.block, page)])[0],
    placesOfUser(userKey) {
      const first = row.block * blockLength
      return listKeysOfUser(connection, userKey, first - 1, first + blockLength - 1).map(placeOf)
    },
  }
}
