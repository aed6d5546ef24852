import { openDatabase } from 'convodb'
import { chunk, createRichRows, type RichRow } from '../../rows.js'
import { pathIn } from '../convodb.js'

const membersPerSegment = 50
const rowsPerCall = 5000
const maximumSegments = 400

/** What a reading case finds stored, in the order in which it was stored. */
export interface Archive {
  readonly messageIds: readonly string[]
  readonly segmentIds: readonly string[]
}

/** Fills a file with conversations and closes it; each segment has 50 messages of one channel. */
export async function createArchive(folder: string, count: number): Promise<Archive> {
  const rows = createRichRows(count)
  await using db = await openDatabase(pathIn(folder))
  for (const batch of chunk(rows, rowsPerCall)) await db.addMessages(batch)
  const segments = byChannel(rows)
    .flatMap((inChannel) => chunk(inChannel, membersPerSegment))
    .filter((members) => members.length === membersPerSegment)
    .slice(0, maximumSegments)
  await Promise.all(
    segments.map((members, index) => {
      const times = members.map(({ timestamp }) => timestamp)
      return db.createSegmentWithMessages({
        segmentId: `segment-${index}`,
        channelId: members[0]?.channelId ?? '',
        startTime: Math.min(...times),
        endTime: Math.max(...times),
        messages: members.map(({ messageId }) => messageId),
      })
    }),
  )
  return {
    messageIds: rows.map(({ messageId }) => messageId),
    segmentIds: segments.map((_, index) => `segment-${index}`),
  }
}

function byChannel(rows: readonly RichRow[]): readonly (readonly RichRow[])[] {
  const channels = new Map<string, RichRow[]>()
  for (const row of rows) {
    const inChannel = channels.get(row.channelId)
    if (inChannel === undefined) channels.set(row.channelId, [row])
    else inChannel.push(row)
  }
  return [...channels.values()]
}
