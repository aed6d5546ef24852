import type { Fused } from '../../protocol/recall/fuse.js'
import {
  distancesOf,
  membersOf,
  mergeNeighbourhoods,
  PassageList,
  type Passage,
  type PassageMessage,
  type Width,
} from '../../protocol/recall/passages.js'
import type { ReadConnection } from '../connection/connection.js'
import { readAround } from '../tables/channel-messages.js'
import { findByKey, valuesOf } from '../tables/message-rows.js'
import { findSegmentId, listMembersAround } from '../tables/recalled-segments.js'

/** Up to `limit`, with what stands around. */
export function passagesOf(
  connection: ReadConnection,
  found: readonly Fused[],
  limit: number,
  width: Width,
): readonly Passage[] {
  const list = new PassageList()
  for (const fused of found) {
    if (list.passages.length === limit) break
    list.add(passageOf(connection, fused, width))
  }
  return list.passages
}

function passageOf(connection: ReadConnection, fused: Fused, width: Width): Passage {
  const { segmentKey, messageKeys } = fused
  const members = membersOf(fused, width)
  const messages =
    members === undefined
      ? around(connection, messageKeys, width.context)
      : membersAround(connection, members.segmentKey, messageKeys, members.limit)
  const segmentId = segmentKey === undefined ? null : findSegmentId(connection, segmentKey)
  return { fused, channelId: messages[0]?.row[1] ?? '', segmentId, messages }
}

/** Up to `limit` members around the best hit; of a segment that was found itself its first ones. */
function membersAround(
  connection: ReadConnection,
  segmentKey: number,
  hitKeys: readonly number[],
  limit: number,
): PassageMessage[] {
  const keys = listMembersAround(connection, segmentKey, hitKeys[0], limit)
  const distances = distancesOf(keys, hitKeys)
  return keys.flatMap((key, index) => {
    const message = findByKey(connection, key)
    return message === undefined ? [] : [{ row: valuesOf(message), distance: distances[index] ?? 0 }]
  })
}

/** The hits with their neighbours in the channel, in its order. */
function around(connection: ReadConnection, keys: readonly number[], context: number): PassageMessage[] {
  return mergeNeighbourhoods(
    keys.flatMap((key) => {
      const message = findByKey(connection, key)
      if (message === undefined) return []
      return [{ ...readAround(connection, message.messageId, context), hit: valuesOf(message) }]
    }),
  )
}
