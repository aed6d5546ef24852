import type { Found, FoundRecord } from './found.js'

/** So many channels wait at most; more go in as they come. */
const mostWaiting = 10_000

/**
 * Puts a channel of which nobody says when it was made behind its first message: it comes into being with that, at its time. Ahead of it, the
 * channel would be as old as the import.
 */
export async function* channelsBehindMessages(all: AsyncIterable<Found>): AsyncGenerator<Found> {
  const waiting = new Map<string, FoundRecord[]>()
  try {
    for await (const found of all) {
      const channelId = channelOf(found)
      const before = channelId === undefined ? [] : (waiting.get(channelId) ?? [])
      if (isWithoutTime(found) && waiting.size < mostWaiting) {
        waiting.set(found.record.model.channelId, [...before, found])
        continue
      }
      if (channelId !== undefined) waiting.delete(channelId)
      if (isMessage(found)) yield* [found, ...before]
      else yield* [...before, found]
    }
  } catch (error) {
    // What was whole goes in, whatever is wrong with the rest of the file.
    yield* [...waiting.values()].flat()
    throw error
  }
  yield* [...waiting.values()].flat()
}

/** The channel that is named, by whatever record. */
function channelOf(found: Found): string | undefined {
  if ('reason' in found) return undefined
  const channelId: unknown = Reflect.get(found.record.model, 'channelId')
  return typeof channelId === 'string' ? channelId : undefined
}

type ChannelRecord = FoundRecord & { readonly record: Extract<FoundRecord['record'], { kind: 'channel' }> }

const isWithoutTime = (found: Found): found is ChannelRecord =>
  'record' in found && found.record.kind === 'channel' && found.record.model.createdAt === undefined

const isMessage = (found: Found): boolean => 'record' in found && found.record.kind === 'message'
