import { packBatch, type BatchItem } from '../../protocol/batch.js'
import { unpackColumns } from '../../protocol/message-columns.js'
import type { WireParams } from '../../protocol/operations.js'

type Message = WireParams<'storeMessage'>

/** What one lane stores of a batch. */
export interface Part {
  readonly lane: number
  readonly items: readonly BatchItem[]
  readonly messageIds: ReadonlySet<string>
  /** Which of the batch's operations these are. */
  readonly indexes: readonly number[]
}

/**
 * A batch of single messages by the lanes of their channels; undefined where it holds anything else, or an id for two lanes: the message goes
 * from one channel to another then, and the calls' order decides where it stays.
 *
 * @param underWay the ids that each lane has been given and not stored yet.
 */
export function divide(
  items: readonly BatchItem[],
  underWay: readonly ReadonlySet<ReadonlySet<string>>[],
): readonly Part[] | undefined {
  const lanes = underWay.length
  const ofOthers = underWay.map((_, lane) =>
    underWay.flatMap((sets, other) => (other === lane ? [] : [...sets])),
  )
  const messages: Message[] = []
  for (const item of items) {
    if (item.name !== 'storeMessage run') return undefined
    for (const message of unpackColumns(item.columns)) messages.push(message)
  }
  const laneOfId = new Map<string, number>()
  const byLane = Array.from({ length: lanes }, (): { messages: Message[]; indexes: number[] } => ({
    messages: [],
    indexes: [],
  }))
  for (const [index, message] of messages.entries()) {
    const { messageId, channelId } = message
    const lane = laneOf(channelId, lanes)
    if ((laneOfId.get(messageId) ?? lane) !== lane) return undefined
    if (ofOthers[lane]?.some((ids) => ids.has(messageId)) === true) return undefined
    laneOfId.set(messageId, lane)
    byLane[lane]?.messages.push(message)
    byLane[lane]?.indexes.push(index)
  }
  return byLane.flatMap((part, lane) => (part.messages.length === 0 ? [] : toPart(lane, part)))
}

const toPart = (
  lane: number,
  { messages, indexes }: { readonly messages: readonly Message[]; readonly indexes: readonly number[] },
): Part => ({
  lane,
  items: packBatch(messages.map((params) => ({ name: 'storeMessage', params }))),
  messageIds: new Set(messages.map(({ messageId }) => messageId)),
  indexes,
})

/** Always the same for a channel. */
function laneOf(channelId: string, lanes: number): number {
  let hash = 0
  for (let index = 0; index < channelId.length; index += 1)
    hash = (Math.imul(hash, 31) + channelId.charCodeAt(index)) >>> 0
  return hash % lanes
}
