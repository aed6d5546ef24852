import type { MessageRow } from '../../protocol/message-rows.js'
import type { ReadConnection } from '../connection/connection.js'
import { readAround } from '../tables/channel-messages.js'
import { findByKey, valuesOf } from '../tables/message-rows.js'
import { findSegmentId, listMembersAround } from '../tables/recalled-segments.js'
import type { Fused } from './fuse.js'

/** A stretch of a conversation, and how far each message is from what was found: 0 is a hit. */
export interface Passage {
  readonly fused: Fused
  readonly channelId: string
  readonly segmentId: string | null
  readonly messages: readonly PassageMessage[]
}

interface PassageMessage {
  readonly row: MessageRow
  readonly distance: number
}

interface Width {
  readonly context: number
  readonly wholeSegments: boolean
}

/** Of a segment that is brought whole; of a longer one those around the best hit. */
const maxMembers = 200

/** Up to `limit`, with what stands around; no message is in two of them: the better one has it. */
export function passagesOf(
  connection: ReadConnection,
  found: readonly Fused[],
  limit: number,
  width: Width,
): Passage[] {
  const taken = new Set<string>()
  const passages: Passage[] = []
  for (const fused of found) {
    if (passages.length === limit) break
    const passage = passageOf(connection, fused, width)
    const messages = passage.messages.filter(({ row }) => !taken.has(row[0]))
    if (!messages.some(({ distance }) => distance === 0)) continue
    for (const { row } of messages) taken.add(row[0])
    passages.push({ ...passage, messages })
  }
  return passages
}

function passageOf(connection: ReadConnection, fused: Fused, { context, wholeSegments }: Width): Passage {
  const { segmentKey, messageKeys } = fused
  const isWhole = segmentKey !== undefined && (wholeSegments || messageKeys.length === 0)
  const messages = isWhole
    ? membersAround(connection, segmentKey, messageKeys, wholeSegments ? maxMembers : 2 * context + 1)
    : around(connection, messageKeys, context)
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
  const hits = new Set(hitKeys)
  const keys = listMembersAround(connection, segmentKey, hitKeys[0], limit)
  const places = keys.flatMap((key, index) => (hits.has(key) ? [index] : []))
  const centres = places.length === 0 ? [0] : places
  return keys.flatMap((key, index) => {
    const message = findByKey(connection, key)
    const distance = Math.min(...centres.map((centre) => Math.abs(centre - index)))
    return message === undefined ? [] : [{ row: valuesOf(message), distance }]
  })
}

/** The hits with their neighbours in the channel, in its order. */
function around(connection: ReadConnection, keys: readonly number[], context: number): PassageMessage[] {
  const found = new Map<string, PassageMessage>()
  const order = new Map<string, number>()
  for (const key of keys) {
    const message = findByKey(connection, key)
    if (message === undefined) continue
    const { before, after } = readAround(connection, message.messageId, context)
    const rows = [...before, valuesOf(message), ...after]
    rows.forEach((row, index) => {
      const distance = Math.abs(index - before.length)
      const known = found.get(row[0])
      if (known === undefined || distance < known.distance) found.set(row[0], { row, distance })
      if (!order.has(row[0])) order.set(row[0], order.size)
    })
  }
  return [...found.values()].toSorted(
    (a, b) => a.row[4] - b.row[4] || (order.get(a.row[0]) ?? 0) - (order.get(b.row[0]) ?? 0),
  )
}
