import { ConvoDbError } from '../../protocol/errors.js'
import { maxPageLength } from '../../protocol/limits.js'
import type { EmbeddingOwner } from '../../protocol/models.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Packed } from '../../protocol/packed.js'
import type { ReadConnection } from '../connection/connection.js'
import { risingKey } from '../connection/rising-keys.js'
import { answerItems } from '../reading/pack-answer.js'
import { isInPlace, type PlaceFilter } from '../vectors/candidates.js'
import { cosine, lengthOf, vectorOf } from '../../protocol/direction.js'
import { findChannelKey } from './channels.js'
import { loadSegmentByKey } from './conversation-segments.js'
import { listCandidates, type VectorScope, type Wanted } from './vector-candidates.js'
import { findByKey } from './message-rows.js'
import { findUserKey } from './user-keys.js'

type Match = WireResult<'searchByVector'>[number]

const defaultMatches = 10

const selectModel = `SELECT model_key AS modelKey, dimension FROM embedding_models WHERE model = ?`
// Look-ups by keys.
const selectVector = `SELECT vector FROM embeddings WHERE embedding_key = ?`
const selectPlace: { readonly [Owner in EmbeddingOwner]: string } = {
  message: `
    SELECT messages.message_key AS ownerKey, messages.timestamp AS time
    FROM main.embeddings CROSS JOIN main.messages ON messages.message_key = embeddings.message_key
    WHERE embeddings.embedding_key = ?`,
  segment: `
    SELECT segments.segment_key AS ownerKey, segments.start_time AS time
    FROM main.embeddings
    CROSS JOIN main.conversation_segments AS segments ON segments.segment_key = embeddings.segment_key
    WHERE embeddings.embedding_key = ?`,
}
// A range of the primary key, then look-ups: what waits to come into blocks, some thousand at most.
const selectUnblocked: { readonly [Owner in EmbeddingOwner]: string } = {
  message: `
    SELECT embeddings.embedding_key AS key, messages.channel_key AS channelKey, messages.timestamp AS time,
      messages.user_key AS userKey, embeddings.vector
    FROM unblocked_vectors AS unblocked
    CROSS JOIN embeddings ON embeddings.embedding_key = unblocked.embedding_key
    CROSS JOIN main.messages ON messages.message_key = embeddings.message_key
    WHERE unblocked.embedding_key > :after AND embeddings.model_key = :modelKey
    ORDER BY unblocked.embedding_key LIMIT :limit`,
  segment: `
    SELECT embeddings.embedding_key AS key, segments.channel_key AS channelKey, segments.start_time AS time,
      0 AS userKey, embeddings.vector
    FROM unblocked_vectors AS unblocked
    CROSS JOIN embeddings ON embeddings.embedding_key = unblocked.embedding_key
    CROSS JOIN main.conversation_segments AS segments ON segments.segment_key = embeddings.segment_key
    WHERE unblocked.embedding_key > :after AND embeddings.model_key = :modelKey
    ORDER BY unblocked.embedding_key LIMIT :limit`,
}

interface Scored {
  readonly key: number
  readonly score: number
}

interface Unblocked {
  readonly key: number
  readonly channelKey: number
  readonly time: number
  readonly userKey: number
  readonly vector: Uint8Array
}

export function searchByVector(
  connection: ReadConnection,
  params: WireParams<'searchByVector'>,
): Match[] | Packed {
  return answerItems(matchesOf(connection, params))
}

/** The keys of the messages or segments, the best first. @throws INVALID_ARGUMENT, DIMENSION_MISMATCH, FORBIDDEN */
export const rankByVector = (
  connection: ReadConnection,
  params: WireParams<'searchByVector'>,
): { readonly key: number; readonly time: number; readonly score: number }[] =>
  findMatches(connection, params).map(({ ownerKey, time, score }) => ({ key: ownerKey, time, score }))

function* matchesOf(connection: ReadConnection, params: WireParams<'searchByVector'>): Generator<Match> {
  let length = 0
  for (const one of findMatches(connection, params)) {
    const match = load(connection, params.owner, one)
    yield match
    length += lengthOfMatch(match)
    if (length > maxPageLength) return
  }
}

function findMatches(connection: ReadConnection, params: WireParams<'searchByVector'>): Placed[] {
  const { model, vector, owner, limit = defaultMatches, minScore = -1, exact } = params
  const scope = scopeOf(connection, params)
  const found = connection.get<{ modelKey: number; dimension: number }>(selectModel, [model])
  if (found === undefined) return []
  assertDimension(model, found.dimension, vector.length)
  if (scope === undefined) return []
  const wanted = { vector, limit, minScore, exact }
  const scored = scoreAll(connection, { ...scope, ...found, owner }, wanted)
  return rank(connection, owner, scored, limit)
}

function assertDimension(model: string, expected: number, received: number): void {
  if (expected === received) return
  throw new ConvoDbError(
    'DIMENSION_MISMATCH',
    `Model '${model}' has dimension ${expected}, this vector ${received}`,
    {
      model,
      expected,
      received,
    },
  )
}

/** Where to look; undefined where there is nothing. @throws INVALID_ARGUMENT, FORBIDDEN */
function scopeOf(
  connection: ReadConnection,
  { channelId, channelIds, userId, before, after, owner }: WireParams<'searchByVector'>,
): (PlaceFilter & Pick<VectorScope, 'channelKeys'>) | undefined {
  if (channelId !== undefined && channelIds !== undefined)
    throw wrong('channelIds', 'and channelId exclude each other: give one of them')
  if (userId !== undefined && owner === 'segment')
    throw wrong('userId', "is of messages: leave it out, or search owner 'message'")
  const userKey = userId === undefined ? undefined : findUserKey(connection, userId)
  if (userId !== undefined && userKey === undefined) return undefined
  return {
    channelKeys: channelKeysOf(connection, channelId === undefined ? channelIds : [channelId]),
    userKey,
    after: after ?? Number.NEGATIVE_INFINITY,
    before: before ?? Number.POSITIVE_INFINITY,
  }
}

const wrong = (field: string, what: string): ConvoDbError =>
  new ConvoDbError('INVALID_ARGUMENT', `${field} ${what}`, { field })

/** Undefined: all there are. Whoever is held to some channels looks in those. */
function channelKeysOf(
  connection: ReadConnection,
  channelIds: readonly string[] | undefined,
): readonly number[] | undefined {
  const { scope } = connection
  for (const channelId of channelIds ?? []) scope.assertHas(channelId)
  const named = channelIds ?? (scope.isHeld ? scope.channelIds : undefined)
  if (named === undefined) return undefined
  const keys = named.map((channelId) => findChannelKey(connection, channelId))
  return [...new Set(keys.filter((key) => key !== undefined))]
}

/** What may be among the best, with the scores of the vectors as they are stored. */
function scoreAll(connection: ReadConnection, scope: VectorScope, wanted: Wanted): Scored[] {
  const { vector } = wanted
  const length = lengthOf(vector)
  const scoreOf = (key: number, bytes: Uint8Array): Scored => {
    if (bytes.length !== 4 * scope.dimension) throw cutShort(key)
    return { key, score: cosine(vector, length, vectorOf(bytes)) }
  }
  const scored: Scored[] = []
  const channelKeys = scope.channelKeys && new Set(scope.channelKeys)
  for (const { key, channelKey, time, userKey, vector: bytes } of unblockedOf(connection, scope)) {
    const isThere = channelKeys?.has(channelKey) ?? true
    if (isThere && isInPlace(scope, time, userKey)) scored.push(scoreOf(key, bytes))
  }
  for (const key of listCandidates(connection, scope, wanted)) {
    const bytes = connection.get<{ vector: Uint8Array }>(selectVector, [key])?.vector
    if (bytes !== undefined) scored.push(scoreOf(key, bytes))
  }
  return scored.filter((one) => one.score >= wanted.minScore)
}

const cutShort = (key: number): ConvoDbError =>
  new ConvoDbError(
    'CORRUPT',
    `The vector of embedding ${key} is not of its model's dimension: the file is damaged`,
    {
      table: 'embeddings',
      key: String(key),
    },
  )

const unblockedInStep = 1_000

function* unblockedOf(connection: ReadConnection, { modelKey, owner }: VectorScope): Generator<Unblocked> {
  let after = Number.MIN_SAFE_INTEGER
  for (;;) {
    const rows = connection.all<Unblocked>(selectUnblocked[owner], {
      after,
      modelKey,
      limit: unblockedInStep,
    })
    yield* rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < unblockedInStep) return
    after = risingKey('unblocked_vectors', after, last.key)
  }
}

interface Placed extends Scored {
  readonly ownerKey: number
  readonly time: number
}

/** The best first, of equal ones the newest. Places are looked up of those that may come on the list. */
function rank(
  connection: ReadConnection,
  owner: EmbeddingOwner,
  scored: readonly Scored[],
  limit: number,
): Placed[] {
  const scores = Float64Array.from(scored, (one) => one.score).toSorted()
  const least = scores[Math.max(0, scores.length - limit)] ?? 0
  return scored
    .filter((one) => one.score >= least)
    .flatMap((one) => {
      const place = connection.get<{ ownerKey: number; time: number }>(selectPlace[owner], [one.key])
      return place === undefined ? [] : [{ ...one, ...place }]
    })
    .toSorted((a, b) => b.score - a.score || b.time - a.time || b.ownerKey - a.ownerKey)
    .slice(0, limit)
}

function load(connection: ReadConnection, owner: EmbeddingOwner, { ownerKey, score }: Placed): Match {
  if (owner === 'segment') return { ...loadSegmentByKey(connection, ownerKey), kind: 'segment', score }
  const message = findByKey(connection, ownerKey)
  if (message === undefined)
    throw new ConvoDbError('INTERNAL', `The message ${ownerKey} is gone from its snapshot`)
  return { ...message, kind: 'message', score }
}

function lengthOfMatch(match: Match): number {
  let length = 0
  for (const value of Object.values(match)) {
    if (typeof value === 'string') length += value.length
    else if (value instanceof Float32Array) length += 6 * value.length
  }
  return length
}
