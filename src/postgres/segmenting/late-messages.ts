import type { Place } from '../../protocol/cursors.js'
import type { SegmentingPlace } from '../../protocol/segmenting-place.js'
import type { Session } from '../connection/session.js'
import { listNumbered, withNumbered } from '../tables/stored-messages.js'
import { findMemberships } from './memberships.js'

/** A strategy of segmenting in a channel. */
export interface Strategy {
  readonly channelId: string
  readonly name: string
}

/** What came or moved behind the place of a strategy. */
export interface Late {
  readonly first: Place | undefined
  /** How far was looked, or up to the one that was found. */
  readonly lastKey: number
  readonly lastChange: number
  /** Whether there are no others. */
  readonly isAll: boolean
}

// Messages of the channel by their keys, and the segments of each by itself: made a join, it could read all that the channel has. Of ids
// that are too long for an index the start is not there to be seen: such members are passed by behind it.
const selectLate = `
  SELECT found.timestamp AS value, found.message_key AS key FROM messages AS found
  WHERE found.channel_id = $1 AND found.message_key = ANY ($2::bigint[])
    AND (found.timestamp, found.message_key) <= ($3::bigint, $4::bigint) AND (
      SELECT count(*) FROM segment_messages AS members
      JOIN conversation_segments AS segments
        ON segments.channel_id = members.channel_id AND segments.segment_key = members.segment_key
      WHERE members.message_key = found.message_key AND members.channel_id = $1 AND segments.channel_id = $1
        AND starts_with(segments.segment_id, $5)
    ) = 0`
// A range of the primary key.
const selectUpdates = `
  SELECT change_id AS number, message_key AS key FROM changes
  WHERE change_id > $1 AND change_id <= $2 AND kind = 'messageUpdated' ORDER BY change_id`
const selectLater = `${withNumbered} SELECT key FROM numbered WHERE key = ANY ($3::bigint[])`

/** So many messages or changes are looked at in one step: some tens of milliseconds. */
const rowsPerStep = 50_000
/** So many at a time. */
const rowsPerLook = 5_000

type LatePlace = Place & { readonly foundAt: number }

/**
 * The first message that is to be decided about though the place is past it: one that was stored since with an earlier time, or one
 * that was changed since, since its time or its channel may be others now.
 */
export async function findLate(
  session: Session,
  strategy: Strategy,
  known: SegmentingPlace,
  now: Pick<SegmentingPlace, 'lastKey' | 'lastChange'>,
): Promise<Late> {
  const { place, lastKey, lastChange } = known
  const throughKey = Math.min(now.lastKey, lastKey + rowsPerStep)
  const stored = await findFirst(session, listNumbered, strategy, place, [lastKey, throughKey])
  if (stored !== undefined)
    return { first: placeOf(stored), lastKey: stored.foundAt, lastChange, isAll: false }
  if (throughKey < now.lastKey) return { first: undefined, lastKey: throughKey, lastChange, isAll: false }
  const throughChange = Math.min(now.lastChange, lastChange + rowsPerStep)
  const changed = await findFirst(session, listUpdates, strategy, place, [lastChange, throughChange])
  // Later messages were looked at, and there is nothing of them behind the place.
  if (changed !== undefined)
    return { first: placeOf(changed), lastKey: throughKey, lastChange: changed.foundAt, isAll: false }
  return {
    first: undefined,
    lastKey: throughKey,
    lastChange: throughChange,
    isAll: throughChange === now.lastChange,
  }
}

const placeOf = ({ value, key }: LatePlace): Place => ({ value, key })

/** Messages by their numbers in the order of the commits, or of the changes. */
type ListMessages = typeof listNumbered

const listUpdates: ListMessages = (session, after, upTo) => session.all(selectUpdates, [after, upTo])

async function findFirst(
  session: Session,
  list: ListMessages,
  { channelId, name }: Strategy,
  place: Place,
  [after, through]: readonly [number, number],
): Promise<LatePlace | undefined> {
  for (let from = after; from < through; from += rowsPerLook) {
    const numbered = await list(session, from, Math.min(through, from + rowsPerLook))
    if (numbered.length === 0) continue
    const late = await session.all<Place>(selectLate, [
      session.id(channelId),
      numbered.map(({ key }) => key),
      place.value,
      place.key,
      `${name}:`,
    ])
    if (late.length === 0) continue
    const members = await findMemberships(
      session,
      channelId,
      name,
      late.map(({ key }) => key),
    )
    const lateByKey = new Map(late.filter(({ key }) => !members.has(key)).map((found) => [found.key, found]))
    for (const { key, number } of numbered) {
      const found = lateByKey.get(key)
      if (found !== undefined) return { ...found, foundAt: number }
    }
  }
  return undefined
}

/** Which of some messages were stored behind a place in the order of the commits. */
export async function listLater(
  session: Session,
  { lastKey }: SegmentingPlace,
  keys: readonly number[],
): Promise<Set<number>> {
  if (keys.length === 0) return new Set()
  const rows = await session.all<{ key: number }>(selectLater, [lastKey, lastKey + rowsPerStep, keys])
  return new Set(rows.map(({ key }) => key))
}
