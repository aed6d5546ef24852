import type { ReadConnection } from '../connection/connection.js'
import type { Place } from '../../protocol/cursors.js'
import type { SegmentingPlace } from '../../protocol/segmenting-place.js'
import { memberOf } from './segment-strategies.js'

/** A strategy of segmenting in a channel, and the range in which the ids of its segments are. */
export interface Strategy {
  readonly channelKey: number
  readonly from: string
  readonly to: string
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

// From `main`: rows of other channels are walked past, and a view's check would compare them with the channel that is bound, which SQLite
// puts into it in place of the column.
const isLate = `
  messages.channel_key = :channelKey AND (messages.timestamp, messages.message_key) <= (:time, :key)
  AND ${memberOf('messages.message_key')} IS NULL`
// A range of the primary key: the order in which messages were stored.
const selectStored = `
  SELECT timestamp AS value, message_key AS key FROM main.messages
  WHERE message_key > :after AND message_key <= :through AND ${isLate} ORDER BY message_key LIMIT 1`
// A range of the primary key, then each message by its own.
const selectChanged = `
  SELECT messages.timestamp AS value, messages.message_key AS key, changes.change_id AS changeId
  FROM changes CROSS JOIN main.messages ON messages.message_key = changes.subject_key
  WHERE changes.change_id > :after AND changes.change_id <= :through AND changes.kind = 'messageUpdated' AND ${isLate}
  ORDER BY changes.change_id LIMIT 1`

/** So many messages or changes are looked at in one step: some tens of milliseconds. */
const rowsPerStep = 50_000

/**
 * The first message that is to be decided about though the place is past it: one that was stored since with an earlier time, or one
 * that was changed since, since its time or its channel may be others now.
 */
export function findLate(
  connection: ReadConnection,
  strategy: Strategy,
  known: SegmentingPlace,
  now: Pick<SegmentingPlace, 'lastKey' | 'lastChange'>,
): Late {
  const { place, lastKey, lastChange } = known
  const bound = { ...strategy, time: place.value, key: place.key }
  const throughKey = Math.min(now.lastKey, lastKey + rowsPerStep)
  const stored = connection.get<Place>(selectStored, { ...bound, after: lastKey, through: throughKey })
  if (stored !== undefined) return { first: stored, lastKey: stored.key, lastChange, isAll: false }
  if (throughKey < now.lastKey) return { first: undefined, lastKey: throughKey, lastChange, isAll: false }
  const throughChange = Math.min(now.lastChange, lastChange + rowsPerStep)
  const changed = connection.get<Place & { readonly changeId: number }>(selectChanged, {
    ...bound,
    after: lastChange,
    through: throughChange,
  })
  // Later keys were looked at, and there is nothing of them behind the place.
  if (changed !== undefined) {
    const { value, key, changeId } = changed
    return { first: { value, key }, lastKey: throughKey, lastChange: changeId, isAll: false }
  }
  return {
    first: undefined,
    lastKey: throughKey,
    lastChange: throughChange,
    isAll: throughChange === now.lastChange,
  }
}
