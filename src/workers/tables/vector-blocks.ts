import { ConvoDbError } from '../../protocol/errors.js'
import type { EmbeddingOwner } from '../../protocol/models.js'
import { rowChecksum } from '../connection/checksums.js'
import type { ReadConnection, WriteConnection } from '../connection/connection.js'
import {
  aligned,
  partBytes,
  readRows,
  writeParts,
  type BlockRow,
  type PartName,
} from '../vectors/block-parts.js'

/** Vectors of one model, of messages or segments of one channel. */
export interface BlockGroup {
  readonly modelKey: number
  readonly owner: EmbeddingOwner
  readonly channelKey: number
}

export interface BlockRef {
  readonly blockKey: number
  readonly vectors: number
  /** Another one whenever what is in the block changes. */
  readonly version: number
}

export interface Block extends BlockGroup, BlockRef {
  readonly dimension: number
}

// All of these read vector_blocks_by_channel (model_key, owner, channel_key, vectors, version) alone.
const selectOfModel = `
  SELECT block_key AS blockKey, vectors, version FROM vector_blocks
  WHERE model_key = :modelKey AND owner = :owner
  ORDER BY channel_key, vectors, version, block_key`
const selectOfChannel = `
  SELECT block_key AS blockKey, vectors, version FROM vector_blocks
  WHERE model_key = :modelKey AND owner = :owner AND channel_key = :channelKey
  ORDER BY vectors, version, block_key`
const selectOpen = `
  SELECT block_key AS blockKey, vectors, version FROM vector_blocks
  WHERE model_key = :modelKey AND owner = :owner AND channel_key = :channelKey AND vectors < :capacity
  ORDER BY vectors, version, block_key`
// By the primary key, as all that follow.
const selectBlock = `
  SELECT
    blocks.block_key AS blockKey, blocks.model_key AS modelKey, blocks.owner, blocks.channel_key AS channelKey,
    blocks.vectors, blocks.version, models.dimension
  FROM vector_blocks AS blocks CROSS JOIN embedding_models AS models ON models.model_key = blocks.model_key
  WHERE blocks.block_key = ?`
// What is not asked for stands behind it, and is not read.
const selectPart: { readonly [Name in PartName]: string } = {
  codes: `SELECT codes AS bytes, codes_checksum AS checksum FROM vector_blocks WHERE block_key = ?`,
  sketches: `SELECT sketches AS bytes, sketches_checksum AS checksum FROM vector_blocks WHERE block_key = ?`,
  places: `SELECT places AS bytes, places_checksum AS checksum FROM vector_blocks WHERE block_key = ?`,
}
const insertBlock = `
  INSERT INTO vector_blocks (
    model_key, owner, channel_key, vectors, version, codes_checksum, sketches_checksum, places_checksum,
    places, sketches, codes
  ) VALUES (:modelKey, :owner, :channelKey, 0, 0, 0, 0, 0, x'', x'', x'')`
const updateBlock = `
  UPDATE vector_blocks SET
    vectors = :vectors, version = version + 1, codes_checksum = :codesChecksum,
    sketches_checksum = :sketchesChecksum, places_checksum = :placesChecksum,
    places = :places, sketches = :sketches, codes = :codes
  WHERE block_key = :blockKey`
const deleteBlock = `DELETE FROM vector_blocks WHERE block_key = ?`

/** The blocks of a model, in all channels or in some. */
export function listBlocks(
  connection: ReadConnection,
  modelKey: number,
  owner: EmbeddingOwner,
  channelKeys: readonly number[] | undefined,
): BlockRef[] {
  if (channelKeys === undefined) return connection.all<BlockRef>(selectOfModel, { modelKey, owner })
  return channelKeys.flatMap((channelKey) =>
    connection.all<BlockRef>(selectOfChannel, { modelKey, owner, channelKey }),
  )
}

/** Those with room, the smallest first. */
export const listOpenBlocks = (connection: ReadConnection, group: BlockGroup, capacity: number): BlockRef[] =>
  connection.all<BlockRef>(selectOpen, { ...group, capacity })

export const findBlock = (connection: ReadConnection, blockKey: number): Block | undefined =>
  connection.get<Block>(selectBlock, [blockKey])

/** One part of a block. @throws CORRUPT when it is not what its checksum says */
export function readPart(
  connection: ReadConnection,
  block: BlockRef,
  name: PartName,
  dimension: number,
): Uint8Array {
  return connection.blocks.part(`${name} ${block.blockKey}`, block.version, () => {
    const row = connection.get<{ bytes: Uint8Array; checksum: number }>(selectPart[name], [block.blockKey])
    const isWhole =
      row?.bytes.length === partBytes[name](block.vectors, dimension) &&
      row.checksum === checksumOf(block, name, row.bytes)
    if (!isWhole) throw damaged(block)
    return aligned(row.bytes)
  })
}

const checksumOf = (
  { blockKey, vectors }: Omit<BlockRef, 'version'>,
  name: PartName,
  bytes: Uint8Array,
): number => rowChecksum(blockKey, vectors, name, bytes)

const damaged = ({ blockKey }: BlockRef): ConvoDbError =>
  new ConvoDbError(
    'CORRUPT',
    `Row ${blockKey} of vector_blocks is not what its checksum says: the file is damaged; ` +
      'optimize() makes it anew from the embeddings',
    { table: 'vector_blocks', key: String(blockKey) },
  )

/** @throws CORRUPT */
export function readBlock(connection: ReadConnection, block: BlockRef, dimension: number): BlockRow[] {
  const parts = {
    codes: readPart(connection, block, 'codes', dimension),
    sketches: readPart(connection, block, 'sketches', dimension),
    places: readPart(connection, block, 'places', dimension),
  }
  return readRows(parts, block.vectors, dimension)
}

export const createBlock = (connection: WriteConnection, group: BlockGroup): number =>
  connection.insert(insertBlock, { ...group })

export function writeBlock(
  connection: WriteConnection,
  blockKey: number,
  rows: readonly BlockRow[],
  dimension: number,
): void {
  const parts = writeParts(rows, dimension)
  const block = { blockKey, vectors: rows.length }
  connection.run(updateBlock, {
    ...block,
    ...parts,
    codesChecksum: checksumOf(block, 'codes', parts.codes),
    sketchesChecksum: checksumOf(block, 'sketches', parts.sketches),
    placesChecksum: checksumOf(block, 'places', parts.places),
  })
}

export function removeBlock(connection: WriteConnection, blockKey: number): void {
  connection.run(deleteBlock, [blockKey])
}
