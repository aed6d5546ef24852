import type { Channel, DatabaseManager, SegmentingReport, SegmentStrategy } from '../../main/index.js'

interface ToSegment {
  /** None stands for all. */
  readonly channels: readonly Channel[]
  readonly strategy: SegmentStrategy
  readonly signal: AbortSignal
  readonly onProgress: (report: SegmentingReport, channelId: string) => void
}

/** One channel after another; gives what was done in all of them. */
export async function segmentChannels(
  db: DatabaseManager,
  { channels, strategy, signal, onProgress }: ToSegment,
): Promise<SegmentingReport> {
  const total: SegmentingReport = { messages: 0, members: 0, segments: 0 }
  for await (const { channelId } of channels.length > 0 ? channels : listAll(db)) {
    const before = { ...total }
    const add = ({ messages, members, segments }: SegmentingReport): void => {
      total.messages = before.messages + messages
      total.members = before.members + members
      total.segments = before.segments + segments
    }
    const report = await db.segmentChannel(
      {
        channelId,
        strategy,
        onProgress: (done) => {
          add(done)
          onProgress({ ...total }, channelId)
        },
      },
      { signal },
    )
    add(report)
  }
  return total
}

async function* listAll(db: DatabaseManager): AsyncGenerator<Channel> {
  for (let cursor: string | undefined, isDone = false; !isDone;) {
    const page = await db.listChannels({ order: 'asc', cursor })
    yield* page.items
    cursor = page.nextCursor ?? undefined
    isDone = cursor === undefined
  }
}
