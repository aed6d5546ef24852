import type { Order } from '../../protocol/parameters.js'
import type { Place } from '../../protocol/cursors.js'

/** A part of an ordered listing, and between which times its places are. */
export interface Part {
  readonly earliest: number
  readonly latest: number
  /** Up to `limit` of its places behind one place and not behind another time, in order. */
  find(start: Place, lastTime: number, limit: number): Place[]
}

export interface MergeSearch {
  readonly order: Order
  /** Places behind this one. */
  readonly start: Place
  /** The last time that is asked for, inclusive. */
  readonly lastTime: number
  readonly limit: number
}

interface Merged {
  /** In order. */
  readonly places: Place[]
  /** Where to go on, where not all was looked at though `limit` was not reached. */
  readonly stoppedAt: Place | undefined
}

/** The place before all others of a time, in the order asked. */
const placeBefore = (order: Order, time: number): Place =>
  order === 'desc' ? { value: time + 1, key: 0 } : { value: time - 1, key: Number.MAX_SAFE_INTEGER }

/**
 * One page out of parts that may overlap in time: the first places of all of them. Parts are sorted by where they begin, so those that
 * begin behind the last place found are not looked at.
 *
 * @param mayGoOn is asked before each part; no longer, the page ends where all that comes before it is known, if that is further than
 *   its start.
 */
export function mergeParts(
  parts: Iterable<Part>,
  { order, start, lastTime, limit }: MergeSearch,
  mayGoOn: () => boolean,
): Merged {
  const sign = order === 'desc' ? -1 : 1
  const compare = (one: Place, other: Place): number =>
    sign * (one.value - other.value || one.key - other.key)
  const isBehind = (time: number, other: number): boolean => sign * (time - other) > 0
  let places: Place[] = []
  for (const part of parts) {
    const begin = order === 'desc' ? part.latest : part.earliest
    const last = places.length < limit ? undefined : places.at(-1)
    if (last !== undefined && isBehind(begin, last.value)) break
    const cut = placeBefore(order, begin)
    if (!mayGoOn() && compare(cut, start) > 0) {
      return { places: places.filter((place) => compare(place, cut) < 0), stoppedAt: cut }
    }
    const until = last !== undefined && isBehind(lastTime, last.value) ? last.value : lastTime
    const found = part.find(start, until, limit)
    if (found.length > 0) places = [...places, ...found].toSorted(compare).slice(0, limit)
  }
  return { places, stoppedAt: undefined }
}
