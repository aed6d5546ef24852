import { ConvoDbError } from '../../protocol/errors.js'
import { cosine, lengthOf, vectorOf } from '../../protocol/direction.js'
import { maxPageLength } from '../../protocol/limits.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Session } from '../connection/session.js'
import { boundChannels, formOf } from '../reading/channel-forms.js'
import { keyOf, rowColumns, toRecord, type KeyedRow } from '../reading/message-rows.js'
import { loadSegments } from './conversation-segments.js'
import { directionsOf, toDirection } from './directions.js'
import { findModel } from './embeddings.js'
import { selectNearest, selectVectors, selectWithoutDirection, type VectorSql } from './nearest-vectors.js'

type Params = WireParams<'searchByVector'>
type Match = WireResult<'searchByVector'>[number]

const defaultMatches = 10
/** Vectors that are read at a time: some hundred kilobytes, after which other calls have their turn. */
const vectorsPerStep = 500
/** So many more are taken of what pgvector ranks, and so many times as many where they are too much alike to tell. */
const moreRanked = 32
const timesMore = 4
/** Of more of them all are compared, some at a time. */
const mostRanked = 10_000
/** What single precision may be off by, for each number of a vector: pgvector ranks those that are nearer to each other by chance. */
const inaccuracy = 2 ** -23

const selectMessages = `
  SELECT ${rowColumns} FROM messages WHERE messages.message_key = ANY ($1::bigint[]) AND messages.channel_id = ANY ($2::text[])`

interface FoundVector {
  readonly channelId: string
  readonly key: number
  readonly time: number
  readonly vector: Uint8Array
}

/** A message or segment and how near it is. */
export interface Ranked {
  readonly channelId: string
  readonly key: number
  readonly time: number
  readonly score: number
}

export async function searchByVector(
  session: Session,
  params: Params,
): Promise<WireResult<'searchByVector'>> {
  const ranked = await rankByVector(session, params)
  const matches =
    params.owner === 'segment' ? await segments(session, ranked) : await messages(session, ranked)
  let length = 0
  const whole = matches.findIndex((match) => (length += lengthOfMatch(match)) > maxPageLength)
  return whole === -1 ? matches : matches.slice(0, whole + 1)
}

/** The best first, of equal ones the newest. @throws INVALID_ARGUMENT, DIMENSION_MISMATCH, FORBIDDEN */
export async function rankByVector(session: Session, params: Params): Promise<Ranked[]> {
  const { model, vector, owner, limit = defaultMatches, minScore = -1, userId } = params
  const channels = channelsOf(session, params)
  const found = await findModel(session, model)
  if (found === undefined) return []
  if (found.dimension !== vector.length) throw mismatch(model, found.dimension, vector.length)
  const { after = Number.NEGATIVE_INFINITY, before = Number.POSITIVE_INFINITY } = params
  const form = formOf(channels)
  const bound = [boundChannels(session, channels), found.modelKey] as const
  const where = [userId === undefined ? null : session.id(userId), after, before] as const
  const queryLength = lengthOf(vector)
  const scored = (rows: readonly FoundVector[]): Ranked[] =>
    rows.map(({ vector: bytes, ...row }) => ({ ...row, score: cosine(vector, queryLength, vectorOf(bytes)) }))
  let best: Ranked[] = []
  const consider = (ranked: readonly Ranked[]): void => {
    const known = new Set(best.map(({ key }) => key))
    const more = ranked.filter(({ key, score }) => score >= minScore && !known.has(key))
    best = [...best, ...more].toSorted(byScore).slice(0, limit)
  }
  const compareAll = async (sql: VectorSql): Promise<void> => {
    for (let last: FoundVector | undefined; ;) {
      const place = last === undefined ? ['', 0] : [session.id(last.channelId), last.key]
      const values = [...bound, ...place, ...where, vectorsPerStep]
      const rows: FoundVector[] = await session.all(sql[owner][form], values)
      consider(scored(rows))
      last = rows.at(-1)
      if (rows.length < vectorsPerStep) return
    }
  }
  const isRanked = params.exact !== true && (await directionsOf(session)) === 'usable'
  const direction = isRanked ? toDirection(vector) : null
  // First what has no direction: some of it may get one meanwhile, and is found twice rather than not at all.
  await compareAll(direction === null ? selectVectors : selectWithoutDirection)
  if (direction === null) return best
  for (let count = limit + moreRanked; count < mostRanked; count *= timesMore) {
    const nearest = scored(
      await session.all(selectNearest[owner][form], [...bound, ...where, direction, count]),
    )
    consider(nearest)
    const worst = best.length < limit ? minScore : (best.at(-1)?.score ?? minScore)
    const last = nearest.at(-1)?.score ?? -Infinity
    if (nearest.length < count || last < worst - inaccuracy * vector.length) return best
  }
  await compareAll(selectVectors)
  return best
}

const byScore = (one: Ranked, other: Ranked): number =>
  other.score - one.score || other.time - one.time || other.key - one.key

const mismatch = (model: string, expected: number, received: number): ConvoDbError =>
  new ConvoDbError(
    'DIMENSION_MISMATCH',
    `Model '${model}' has dimension ${expected}, this vector ${received}`,
    { model, expected, received },
  )

/** Where to look; undefined: in all channels. @throws INVALID_ARGUMENT, FORBIDDEN */
function channelsOf(
  { scope }: Session,
  { channelId, channelIds, userId, owner }: Params,
): readonly string[] | undefined {
  if (channelId !== undefined && channelIds !== undefined)
    throw wrong('channelIds', 'and channelId exclude each other: give one of them')
  if (userId !== undefined && owner === 'segment')
    throw wrong('userId', "is of messages: leave it out, or search owner 'message'")
  const named = channelId === undefined ? channelIds : [channelId]
  for (const id of named ?? []) scope.assertHas(id)
  return named ?? (scope.isHeld ? scope.channelIds : undefined)
}

const wrong = (field: string, what: string): ConvoDbError =>
  new ConvoDbError('INVALID_ARGUMENT', `${field} ${what}`, { field })

async function messages(session: Session, ranked: readonly Ranked[]): Promise<Match[]> {
  if (ranked.length === 0) return []
  const rows = await session.lists<KeyedRow>(selectMessages, [
    ranked.map(({ key }) => key),
    session.ids([...new Set(ranked.map(({ channelId }) => channelId))]),
  ])
  const byKey = new Map(rows.map((row) => [keyOf(row), row]))
  return ranked.flatMap(({ key, score }): Match[] => {
    const row = byKey.get(key)
    return row === undefined ? [] : [{ ...toRecord(row), kind: 'message', score }]
  })
}

async function segments(session: Session, ranked: readonly Ranked[]): Promise<Match[]> {
  const found = await loadSegments(
    session,
    ranked.map(({ channelId, key }) => ({ channelId, segmentKey: key })),
  )
  return ranked.flatMap(({ key, score }): Match[] => {
    const segment = found.get(key)
    return segment === undefined ? [] : [{ ...segment, kind: 'segment', score }]
  })
}

function lengthOfMatch(match: Match): number {
  let length = 0
  for (const value of Object.values(match)) {
    if (typeof value === 'string') length += value.length
    else if (value instanceof Float32Array) length += 6 * value.length
  }
  return length
}
