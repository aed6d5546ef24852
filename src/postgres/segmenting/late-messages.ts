import type { Place } from '../../protocol/cursors.js'
import type { SegmentingPlace } from '../../protocol/segmenting-place.js'
import type { Session } from '../connection/session.js'
import { withNumbered } from '../tables/stored-messages.js'
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

// Of each row by itself, each table by its key: made a join, it could read all that the channel has. Of ids that are too long for an index the
// start is not there to be seen: such members are passed by behind it.
const isLate = `
  (found.timestamp, found.message_key) <= ($4::bigint, $5::bigint) AND (
    SELECT count(*) FROM segment_messages AS members
    JOIN conversation_segments AS segments
      ON segments.channel_id = members.channel_id AND segments.segment_key = members.segment_key
    WHERE members.message_key = found.message_key AND members.channel_id = $3 AND segments.channel_id = $3
      AND starts_with(segments.segment_id, $6)
  ) = 0`
const messageOf = (key: string): string => `LATERAL (
    SELECT timestamp, message_key FROM messages WHERE messages.message_key = ${key} AND messages.channel_id = $3 LIMIT 1
  ) AS found`
// In the order of the commits.
const selectStored = `
  ${withNumbered}
  SELECT found.timestamp AS value, found.message_key AS key, numbered.number AS "foundAt"
  FROM numbered CROSS JOIN ${messageOf('numbered.key')}
  WHERE ${isLate} ORDER BY numbered.number LIMIT 1`
// A range of the primary key.
const selectChanged = `
  SELECT found.timestamp AS value, found.message_key AS key, changes.change_id AS "foundAt"
  FROM changes CROSS JOIN ${messageOf('changes.message_key')}
  WHERE changes.change_id > $1 AND changes.change_id <= $2 AND changes.kind = 'messageUpdated' AND ${isLate}
  ORDER BY changes.change_id LIMIT 1`
const selectLater = `${withNumbered} SELECT key FROM numbered WHERE key = ANY ($3::bigint[])`

/** So many messages or changes are looked at in one step: some tens of milliseconds. */
const rowsPerStep = 50_000

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
  const stored = await findFirst(session, selectStored, strategy, place, [lastKey, throughKey])
  if (stored !== undefined)
    return { first: placeOf(stored), lastKey: stored.foundAt, lastChange, isAll: false }
  if (throughKey < now.lastKey) return { first: undefined, lastKey: throughKey, lastChange, isAll: false }
  const throughChange = Math.min(now.lastChange, lastChange + rowsPerStep)
  const changed = await findFirst(session, selectChanged, strategy, place, [lastChange, throughChange])
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

async function findFirst(
  session: Session,
  sql: string,
  { channelId, name }: Strategy,
  place: Place,
  [after, through]: readonly [number, number],
): Promise<LatePlace | undefined> {
  for (let from = after; from < through;) {
    const values = [from, through, session.id(channelId), place.value, place.key, `${name}:`]
    const found = await session.get<LatePlace>(sql, values)
    if (found === undefined) return undefined
    if ((await findMemberships(session, channelId, name, [found.key])).size === 0) return found
    from = found.foundAt
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
