import { isDeepStrictEqual } from 'node:util'
import { ConvoDbError } from '../../../protocol/errors.js'
import type { ReadConnection } from '../../connection/connection.js'
import { isOfOneRow } from '../../connection/damaged-row.js'
import { outcomeOf } from '../../connection/outcome.js'
import { isCodedAsHere } from '../../tables/vector-coding.js'
import { findBlockRow } from '../../tables/settled-vectors.js'
import { findBlock, readBlock, type Block } from '../../tables/vector-blocks.js'
import type { BlockRow } from '../../vectors/block-parts.js'
import type { Check, Inspection } from './inspection.js'
import { embeddingsByKey, vectorBlocksByKey, walk, type KeyRange } from './walk.js'

// Each embedding is in a block or waits to come into one.
const misplaced = `
  SELECT embedding_key AS key FROM embeddings
  WHERE embedding_key > :after AND embedding_key <= :through
    AND EXISTS (SELECT 1 FROM blocked_vectors AS blocked WHERE blocked.embedding_key = embeddings.embedding_key)
      = EXISTS (SELECT 1 FROM unblocked_vectors AS waiting WHERE waiting.embedding_key = embeddings.embedding_key)
  LIMIT :room`
const counts = `
  SELECT
    (SELECT count(*) FROM embeddings) AS embeddings, (SELECT count(*) FROM blocked_vectors) AS blocked,
    (SELECT count(*) FROM unblocked_vectors) AS unblocked`
const selectBlockOf = `SELECT block_key FROM blocked_vectors WHERE embedding_key = ?`
const selectRemoved = `SELECT 1 FROM removed_vectors WHERE block_key = ? AND embedding_key = ?`

interface Counts {
  readonly embeddings: number
  readonly blocked: number
  readonly unblocked: number
}

const none: Counts = { embeddings: 0, blocked: 0, unblocked: 0 }

/** Vectors in blocks against the embeddings, both ways, each code and sketch against the one that the vector has. */
export const vectorBlocks: Check = {
  name: 'vectorBlocks',
  snapshot: 'check',
  run(inspection) {
    const { connection } = inspection
    walk(inspection, embeddingsByKey, (range) => {
      const rows = connection.all<{ key: number }>(misplaced, { ...range, room: inspection.room })
      inspection.reportRows(
        'embeddings',
        rows,
        'It is not in one block of vectors, nor waiting to come into one',
      )
    })
    const { embeddings, blocked, unblocked } = connection.get<Counts>(counts) ?? none
    if (blocked + unblocked !== embeddings) {
      const message = `${blocked} vectors in blocks and ${unblocked} waiting are not the ${embeddings} that there are`
      inspection.report({ table: 'blocked_vectors', message })
    }
    const found = compareBlocks(inspection)
    if (found === undefined || found === blocked || inspection.hasMoreProblems) return
    const message = `${blocked} vectors should be in blocks, and ${found} are`
    inspection.report({ table: 'blocked_vectors', message })
  },
}

/** How many vectors were found; undefined where blocks could not be read. */
function compareBlocks(inspection: Inspection): number | undefined {
  let found: number | undefined = 0
  const visit = ({ through: blockKey }: KeyRange): void => {
    const block = findBlock(inspection.connection, blockKey)
    const rows = block && readRowsOf(inspection, block)
    if (block === undefined || rows === undefined) found = undefined
    else {
      const count = compareBlock(inspection, block, rows)
      found = found === undefined ? undefined : found + count
    }
  }
  walk(inspection, vectorBlocksByKey, visit, 1)
  return found
}

function readRowsOf(inspection: Inspection, block: Block): BlockRow[] | undefined {
  const outcome = outcomeOf(() => readBlock(inspection.connection, block, block.dimension))
  if (outcome.ok) return outcome.value
  if (!isOfOneRow(outcome.error)) throw ConvoDbError.from(outcome.error)
  report(inspection, block, 'The block is not what its checksums say; optimize() makes it anew')
  return undefined
}

const report = (inspection: Inspection, { blockKey }: Block, message: string): void =>
  inspection.report({ table: 'vector_blocks', key: String(blockKey), message })

/** How many of the block's vectors belong to it. Those that another program removed may still be there. */
function compareBlock(inspection: Inspection, block: Block, rows: readonly BlockRow[]): number {
  const { connection } = inspection
  const isComparable = isCodedAsHere(connection)
  let found = 0
  for (const row of rows) {
    if (connection.column<number>(selectBlockOf, [row.key])[0] === block.blockKey) {
      found += 1
      if (isComparable && !isRight(connection, block, row))
        report(inspection, block, `Embedding ${row.key} is not what is in the block`)
    } else if (connection.get(selectRemoved, [block.blockKey, row.key]) === undefined) {
      report(inspection, block, `Embedding ${row.key} does not belong into the block`)
    }
  }
  return found
}

function isRight(connection: ReadConnection, block: Block, row: BlockRow): boolean {
  const expected = findBlockRow(connection, row.key)
  if (expected === undefined) return false
  const { group } = expected
  return (
    group.modelKey === block.modelKey &&
    group.owner === block.owner &&
    group.channelKey === block.channelKey &&
    isDeepStrictEqual(expected.row, row)
  )
}
