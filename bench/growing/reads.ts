import type { DatabaseManager } from 'convodb'
import { median } from '../measure/statistics.js'
import type { GrowthLook } from './figures.js'
import { channelOfRank, idOf, timeOf } from './rows.js'

const largeChannels = 10
const limit = 100
const idsPerCall = 50
const neighbours = 5

/** The nth draw in [0, 1) of a fixed sequence. */
const draw = (index: number): number => ((index + 1) * (Math.SQRT2 - 1)) % 1

/** Each read so often, one at a time, in all parts of what is stored; medians. */
export async function lookAtReads(
  db: DatabaseManager,
  messages: number,
  reads: number,
): Promise<GrowthLook['figures']> {
  const channel = (index: number): string => channelOfRank(index % largeChannels)
  const place = (index: number): number => Math.floor(messages * draw(index))
  const time = (read: (index: number) => Promise<unknown>): Promise<number> => medianMs(reads, read)
  return {
    newestPageMs: await time((index) => db.getMessages({ channelId: channel(index), limit })),
    // In the middle half of the time that the archive spans.
    middlePageMs: await time((index) => {
      const before = timeOf(Math.floor(messages * (0.25 + draw(index) / 2)))
      return db.getMessages({ channelId: channel(index), limit, before })
    }),
    oldestPageMs: await time((index) => db.getMessages({ channelId: channel(index), limit, order: 'asc' })),
    byIdsMs: await time((index) =>
      db.getMessagesByIds(
        Array.from({ length: idsPerCall }, (_, at) => idOf(place(index * idsPerCall + at))),
      ),
    ),
    contextMs: await time((index) =>
      db.getMessageContext({ messageId: idOf(place(index)), before: neighbours, after: neighbours }),
    ),
  }
}

async function medianMs(reads: number, read: (index: number) => Promise<unknown>): Promise<number> {
  const timesMs: number[] = []
  for (let index = 0; index < reads; index += 1) {
    const startMs = performance.now()
    await read(index)
    timesMs.push(performance.now() - startMs)
  }
  return median(timesMs)
}
