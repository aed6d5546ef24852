import type { MessageRow } from '../../protocol/message-rows.js'
import type { ReadConnection } from '../connection/connection.js'
import { readAround } from '../tables/channel-messages.js'
import { findByKey, valuesOf } from '../tables/message-rows.js'
import { listFirstMembers } from '../tables/recalled-segments.js'
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

/** Of a segment that is brought whole. */
const maxMembers = 200

/** With what stands around; no message is in two of them: the better one has it. */
export function passagesOf(connection: ReadConnection, found: readonly Fused[], width: Width): Passage[] {
  const taken = new Set<string>()
  return found.flatMap((fused) => {
    const passage = passageOf(connection, fused, width)
    const messages = passage.messages.filter(({ row }) => !taken.has(row[0]))
    if (!messages.some(({ distance }) => distance === 0)) return []
    for (const { row } of messages) taken.add(row[0])
    return [{ ...passage, messages }]
  })
}

function passageOf(connection: ReadConnection, fused: Fused, { context, wholeSegments }: Width): Passage {
  const { segmentKey, messageKeys } = fused
  const segment = segmentKey === undefined ? undefined : listFirstMembers(connection, segmentKey, maxMembers)
  const segmentId = segment?.segmentId ?? null
  const [best] = messageKeys
  const isWhole = segment !== undefined && (wholeSegments || best === undefined)
  const messages = isWhole
    ? membersAround(segment.rows, hitIdsOf(connection, messageKeys), wholeSegments ? maxMembers : context)
    : around(connection, messageKeys, context)
  return { fused, channelId: messages[0]?.row[1] ?? '', segmentId, messages }
}

const hitIdsOf = (connection: ReadConnection, keys: readonly number[]): Set<string> =>
  new Set(keys.flatMap((key) => findByKey(connection, key)?.messageId ?? []))

/** Members so near to one that was found; of a segment that was found itself its first ones. */
function membersAround(
  rows: readonly MessageRow[],
  hits: ReadonlySet<string>,
  reach: number,
): PassageMessage[] {
  const places = rows.flatMap((row, index) => (hits.has(row[0]) ? [index] : []))
  const centres = places.length === 0 ? [0] : places
  return rows
    .map((row, index) => ({
      row,
      distance: Math.min(...centres.map((centre) => Math.abs(centre - index))),
    }))
    .filter(({ distance }) => distance <= (places.length === 0 ? 2 * reach : reach))
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
