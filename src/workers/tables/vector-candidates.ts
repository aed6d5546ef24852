import type { EmbeddingOwner } from '../../protocol/models.js'
import type { ReadConnection } from '../connection/connection.js'
import { readCodes, readPlaces, readSketches, type PlacesPart } from '../vectors/block-parts.js'
import {
  ExactCandidates,
  isAt,
  LikelyCandidates,
  NewestCandidates,
  type IsAllowed,
  type PlaceFilter,
} from '../vectors/candidates.js'
import { encodeQuery } from '../vectors/codes.js'
import { directionOf } from '../../protocol/direction.js'
import { sketchQuery } from '../vectors/sketches.js'
import { listBlocks, readPart, type BlockRef } from './vector-blocks.js'

/** Whose vectors to look at. */
export interface VectorScope extends PlaceFilter {
  readonly modelKey: number
  readonly dimension: number
  readonly owner: EmbeddingOwner
  /** Undefined: of all channels. */
  readonly channelKeys: readonly number[] | undefined
}

export interface Wanted {
  readonly vector: Float32Array
  readonly limit: number
  readonly minScore: number
  /** Undefined: by how many there are. */
  readonly exact: boolean | undefined
}

/** Numbers that an exact search looks at unasked: of 384 a vector those of 104,000 (docs/performance.md). */
const maxExactNumbers = 40_000_000

/**
 * How many vectors' scores are computed in an approximate search: each is read by itself, which costs more than all sketches together.
 * With 400 the ten best are nearly always among them, of 11,000 and 48,000 real vectors and of a million (docs/performance.md).
 */
const likelyCandidates = (limit: number): number => 300 + 10 * limit

// Of a file to which others have written: what is still in a block and should not be.
const selectRemoved = `SELECT embedding_key FROM removed_vectors WHERE block_key = ?`
const hasRemoved = `SELECT 1 FROM removed_vectors WHERE block_key > ? LIMIT 1`

/** Embeddings in blocks that may be among the best: in an exact search surely all that are. */
export function listCandidates(
  connection: ReadConnection,
  scope: VectorScope,
  { vector, limit, minScore, exact }: Wanted,
): readonly number[] {
  const blocks = listBlocks(connection, scope.modelKey, scope.owner, scope.channelKeys)
  const numbers = blocks.reduce((sum, { vectors }) => sum + vectors, 0) * scope.dimension
  const direction = directionOf(vector)
  const codesOf = (block: BlockRef) =>
    readCodes(readPart(connection, block, 'codes', scope.dimension), block.vectors)
  const sketchesOf = (block: BlockRef) =>
    readSketches(readPart(connection, block, 'sketches', scope.dimension), block.vectors)
  const placesOf = (block: BlockRef) =>
    readPlaces(readPart(connection, block, 'places', scope.dimension), block.vectors)
  const allow = filterOf(connection, scope, placesOf)
  connection.blocks.beginSearch()
  if (direction.every((number) => number === 0)) {
    if (minScore > 0) return []
    const newest = new NewestCandidates(limit)
    for (const block of blocks) newest.add(sketchesOf(block), placesOf(block), allow(block))
    return newest.keys
  }
  if (exact ?? numbers <= maxExactNumbers) {
    const candidates = new ExactCandidates(encodeQuery(direction), limit, minScore)
    for (const block of blocks) candidates.add(codesOf(block), allow(block))
    return candidates.keys
  }
  const candidates = new LikelyCandidates(sketchQuery(direction), likelyCandidates(limit))
  for (const block of blocks) candidates.add(sketchesOf(block), allow(block))
  return candidates.keys
}

/** Filters come before the choice, so that what is filtered out takes nobody's place. */
function filterOf(
  connection: ReadConnection,
  scope: VectorScope,
  placesOf: (block: BlockRef) => PlacesPart,
): (block: BlockRef) => IsAllowed {
  const isFiltered =
    scope.userKey !== undefined || Number.isFinite(scope.after) || Number.isFinite(scope.before)
  const mayHaveRemoved = connection.get(hasRemoved, [Number.MIN_SAFE_INTEGER]) !== undefined
  return (block) => {
    const places = isFiltered ? placesOf(block) : undefined
    const removed = mayHaveRemoved
      ? new Set(connection.column<number>(selectRemoved, [block.blockKey]))
      : undefined
    if (places === undefined && removed === undefined) return undefined
    return (index, key) => removed?.has(key) !== true && (places === undefined || isAt(scope, places, index))
  }
}
