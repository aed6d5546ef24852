import type { OperationMessage } from '../../../protocol/messages.js'

/** What an operation weighs in a queue, roughly: strings by their characters, everything else by a flat rate. */
export function estimateBytes({ name, params }: OperationMessage): number {
  // By far the most frequent one, and its fields are known: walking them costs ten times as much.
  if (name === 'storeMessage') {
    const { messageId, channelId, userId, content, metadata } = params
    const characters =
      messageId.length + channelId.length + userId.length + content.length + (metadata?.length ?? 0)
    return 256 + 2 * characters
  }
  return estimateValue(params)
}

function estimateValue(value: unknown): number {
  if (typeof value === 'string') return 16 + 2 * value.length
  if (typeof value !== 'object' || value === null) return 8
  if (value instanceof Float32Array) return 64 + value.byteLength
  let bytes = 32
  for (const field of Object.values(value)) bytes += 8 + estimateValue(field)
  return bytes
}
