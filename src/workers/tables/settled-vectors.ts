import type { EmbeddingOwner } from '../../protocol/models.js'
import type { ReadConnection, WriteConnection } from '../connection/connection.js'
import { isOfOneRow } from '../connection/damaged-row.js'
import { risingKey } from '../connection/rising-keys.js'
import { toErrorData } from '../connection/sqlite-errors.js'
import { blockCapacity, blockRow, type BlockRow } from '../vectors/block-parts.js'
import { vectorOf } from '../../protocol/direction.js'
import {
  createBlock,
  findBlock,
  listOpenBlocks,
  readBlock,
  removeBlock,
  writeBlock,
  type BlockGroup,
  type BlockRef,
} from './vector-blocks.js'

/**
 * As many wait at most: a search reads them one by one. Programs that make vectors are slower than that, so that the idle writer does
 * the work and no call waits for it.
 */
const maxUnblockedVectors = 4_096
/** What is done at once, so that no call waits long. */
const vectorsInStep = 1_024

// The first ones by the primary key.
const selectLastAllowed = `
  SELECT embedding_key FROM unblocked_vectors WHERE embedding_key > :lowest ORDER BY embedding_key LIMIT 1 OFFSET :count`
const selectFirst = `
  SELECT embedding_key FROM unblocked_vectors WHERE embedding_key > :lowest ORDER BY embedding_key LIMIT :count`
const selectRemoved = `SELECT block_key FROM removed_vectors WHERE block_key > ? ORDER BY block_key LIMIT 1`
const selectRemovedOf = `SELECT embedding_key FROM removed_vectors WHERE block_key = ?`
const deleteRemovedOf = `DELETE FROM removed_vectors WHERE block_key = ?`
// Look-ups by keys: of the embedding, of its owner, of its model.
const joinPlaces = `
  CROSS JOIN embedding_models AS models ON models.model_key = embeddings.model_key
  LEFT JOIN messages ON messages.message_key = embeddings.message_key
  LEFT JOIN conversation_segments AS segments ON segments.segment_key = embeddings.segment_key`
const placeColumns = `
    embeddings.embedding_key AS key, embeddings.model_key AS modelKey,
    iif(embeddings.message_key IS NULL, 'segment', 'message') AS owner,
    coalesce(messages.channel_key, segments.channel_key) AS channelKey,
    coalesce(messages.timestamp, segments.start_time) AS time, coalesce(messages.user_key, 0) AS userKey,
    models.dimension, embeddings.vector`
const selectVector = `SELECT ${placeColumns} FROM embeddings ${joinPlaces} WHERE embeddings.embedding_key = ?`
const selectUnblocked = `
  SELECT ${placeColumns}
  FROM unblocked_vectors AS unblocked
  CROSS JOIN embeddings ON embeddings.embedding_key = unblocked.embedding_key ${joinPlaces}
  WHERE unblocked.embedding_key > :lowest AND unblocked.embedding_key <= :last`
const insertBlocked = `
  INSERT OR REPLACE INTO blocked_vectors (embedding_key, block_key) SELECT asked.value, :blockKey FROM json_each(:keys) AS asked`
// Reads all of a table of two numbers a row, where a block is damaged.
const unblockAllOf = `
  INSERT OR IGNORE INTO unblocked_vectors (embedding_key)
  SELECT embedding_key FROM blocked_vectors WHERE block_key = ?`
const deleteBlockedOf = `DELETE FROM blocked_vectors WHERE block_key = ?`
const deleteUnblocked = `DELETE FROM unblocked_vectors WHERE embedding_key > :lowest AND embedding_key <= :last`

/** Below every key there can be. */
const lowest = Number.MIN_SAFE_INTEGER

interface VectorRow extends BlockGroup {
  readonly key: number
  readonly owner: EmbeddingOwner
  readonly time: number
  readonly userKey: number
  readonly dimension: number
  readonly vector: Uint8Array
}

/** To be called before every commit: what was removed is in no block then, and not too much waits to come into one. */
export function settleVectors(connection: WriteConnection): void {
  takeRemoved(connection)
  while (areTooManyUnblocked(connection)) blockVectors(connection)
}

function areTooManyUnblocked(connection: WriteConnection): boolean {
  const count = maxUnblockedVectors - 1
  return connection.column<number>(selectLastAllowed, { lowest, count }).length > 0
}

/** Brings some vectors into blocks, and tells whether more may be waiting. */
export function settleSomeVectors(connection: WriteConnection): boolean {
  takeRemoved(connection)
  return blockVectors(connection) === vectorsInStep
}

/** Writes the blocks anew that have a vector which is gone, or stands elsewhere: once each, however many those are. */
function takeRemoved(connection: WriteConnection): void {
  let after = lowest
  for (;;) {
    const [blockKey] = connection.column<number>(selectRemoved, [after])
    if (blockKey === undefined) return
    takeRemovedFrom(connection, blockKey)
    connection.run(deleteRemovedOf, [blockKey])
    after = risingKey('removed_vectors', after, blockKey)
  }
}

function takeRemovedFrom(connection: WriteConnection, blockKey: number): void {
  const block = findBlock(connection, blockKey)
  if (block === undefined) return
  const removed = new Set(connection.column<number>(selectRemovedOf, [blockKey]))
  const rows = readOrDrop(connection, block, block.dimension)
  if (rows === undefined) return
  const kept = rows.filter(({ key }) => !removed.has(key))
  if (kept.length === 0) removeBlock(connection, blockKey)
  else writeBlock(connection, blockKey, kept, block.dimension)
}

/** What is in a block. A damaged one is dropped: its vectors wait to come into another one. */
function readOrDrop(
  connection: WriteConnection,
  block: BlockRef,
  dimension: number,
): readonly BlockRow[] | undefined {
  try {
    return readBlock(connection, block, dimension)
  } catch (error) {
    if (!isOfOneRow(toErrorData(error))) throw error
    dropBlock(connection, block.blockKey)
    return undefined
  }
}

/** Its vectors wait to come into another block. */
export function dropBlock(connection: WriteConnection, blockKey: number): void {
  connection.run(unblockAllOf, [blockKey])
  connection.run(deleteBlockedOf, [blockKey])
  removeBlock(connection, blockKey)
}

/** What a block has of an embedding, and the group whose block that is. */
interface FoundBlockRow {
  readonly group: BlockGroup
  readonly dimension: number
  readonly row: BlockRow
}

export function findBlockRow(connection: ReadConnection, key: number): FoundBlockRow | undefined {
  const found = connection.get<VectorRow>(selectVector, [key])
  return found && toBlockRow(found)
}

function toBlockRow(found: VectorRow): FoundBlockRow {
  const { key, modelKey, owner, channelKey, time, userKey, dimension, vector } = found
  const row = blockRow({ key, time, userKey }, fitted(vectorOf(vector), dimension))
  return { group: { modelKey, owner, channelKey }, dimension, row }
}

function blockVectors(connection: WriteConnection): number {
  const keys = connection.column<number>(selectFirst, { lowest, count: vectorsInStep })
  const last = keys.at(-1)
  if (last === undefined) return 0
  const groups = new Map<string, { group: BlockGroup; dimension: number; rows: BlockRow[] }>()
  for (const found of connection.all<VectorRow>(selectUnblocked, { lowest, last })) {
    const { group, dimension, row } = toBlockRow(found)
    const name = `${group.modelKey} ${group.owner} ${group.channelKey}`
    const gathered = groups.get(name)
    if (gathered === undefined) groups.set(name, { group, dimension, rows: [row] })
    else gathered.rows.push(row)
  }
  connection.run(deleteUnblocked, { lowest, last })
  for (const { group, dimension, rows } of groups.values()) addToBlocks(connection, group, dimension, rows)
  return keys.length
}

/** Of the model's dimension, which only a damaged one is not; `verify` tells of it. */
function fitted(vector: Float32Array, dimension: number): Float32Array {
  if (vector.length === dimension) return vector
  const whole = new Float32Array(dimension)
  whole.set(vector.subarray(0, dimension))
  return whole
}

/** A block that is smaller than four times what comes is written anew with it, so each vector is written a few times at most. */
const mergeBelow = 4

function addToBlocks(
  connection: WriteConnection,
  group: BlockGroup,
  dimension: number,
  added: readonly BlockRow[],
): void {
  const capacity = blockCapacity(dimension)
  for (let start = 0; start < added.length; start += capacity) {
    addToOneBlock(connection, group, dimension, added.slice(start, start + capacity))
  }
}

function addToOneBlock(
  connection: WriteConnection,
  group: BlockGroup,
  dimension: number,
  added: readonly BlockRow[],
): void {
  const capacity = blockCapacity(dimension)
  const merged: (readonly BlockRow[])[] = []
  let count = added.length
  let target: BlockRef | undefined
  for (const block of listOpenBlocks(connection, group, capacity)) {
    if (count + block.vectors > capacity || block.vectors >= mergeBelow * count) break
    const rows = readOrDrop(connection, block, dimension)
    if (rows === undefined) continue
    if (target !== undefined) removeBlock(connection, target.blockKey)
    target = block
    merged.unshift(rows)
    count += rows.length
  }
  const rows = [...merged.flat(), ...added]
  const blockKey = target?.blockKey ?? createBlock(connection, group)
  writeBlock(connection, blockKey, rows, dimension)
  // The target's own stand first, and stay where they are.
  const newKeys = rows.slice(target?.vectors ?? 0).map(({ key }) => key)
  connection.run(insertBlocked, { blockKey, keys: JSON.stringify(newKeys) })
}
