import type { ReadConnection, WriteConnection } from '../connection/connection.js'
import { isOfOneRow } from '../connection/damaged-row.js'
import { outcomeOf } from '../connection/outcome.js'
import { risingKey } from '../connection/rising-keys.js'
import { dropBlock } from './settled-vectors.js'
import { findBlock, readBlock } from './vector-blocks.js'

/** Another one whenever codes, sketches or the layout of blocks change. */
const codingVersion = 1

const selectVersion = `SELECT version FROM vector_coding WHERE id = 1`
const updateVersion = `UPDATE vector_coding SET version = ? WHERE id = 1`
// Of all there is, once.
const startAnew = `
  DELETE FROM vector_blocks;
  DELETE FROM blocked_vectors;
  DELETE FROM removed_vectors;
  DELETE FROM unblocked_vectors;
  INSERT INTO unblocked_vectors (embedding_key) SELECT embedding_key FROM embeddings ORDER BY embedding_key`
const selectNextBlock = `SELECT block_key FROM vector_blocks WHERE block_key > ? ORDER BY block_key LIMIT 1`

/** Whether the blocks in the file are written as this version of ConvoDB writes them. */
export const isCodedAsHere = (connection: ReadConnection): boolean =>
  connection.column<number>(selectVersion)[0] === codingVersion

/** Where another version has written the blocks: all vectors wait to come into new ones, and searches look at them as they are. */
export function recodeVectors(connection: WriteConnection): void {
  if (isCodedAsHere(connection)) return
  connection.exec(startAnew)
  connection.run(updateVersion, [codingVersion])
}

/** The vectors of blocks that are not what their checksums say wait to come into new ones. */
export function dropDamagedBlocks(connection: WriteConnection): void {
  let last = Number.MIN_SAFE_INTEGER
  for (;;) {
    const [blockKey] = connection.column<number>(selectNextBlock, [last])
    if (blockKey === undefined) return
    last = risingKey('vector_blocks', last, blockKey)
    const block = findBlock(connection, blockKey)
    const outcome = outcomeOf(() => block && readBlock(connection, block, block.dimension))
    if (!outcome.ok && isOfOneRow(outcome.error)) dropBlock(connection, blockKey)
  }
}
