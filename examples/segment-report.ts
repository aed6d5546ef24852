/**
 * A report over conversation segments: for every channel its conversations, who took part, how long they lasted.
 *
 *     node segment-report.ts [path]     an empty database gets a few sample conversations first
 */
import { openDatabase, type ConversationSegment, type DatabaseManager } from 'convodb'

const samples = [
  ['support', 's1', 'Login fails after update', ['ada', 'grace', 'ada', 'grace', 'ada']],
  ['support', 's2', 'Invoice in the wrong currency', ['edsger', 'grace']],
  ['random', 's3', 'Lunch on Friday', ['ada', 'edsger', 'barbara', 'ada']],
] as const

/** Three short conversations; those of one channel interleave. */
async function addSamples(db: DatabaseManager): Promise<void> {
  const start = Date.UTC(2026, 2, 2, 9)
  for (const [index, [channelId, segmentId, summary, speakers]] of samples.entries()) {
    const messages = speakers.map((userId, position) => ({
      messageId: `${segmentId}-${position}`,
      channelId,
      userId,
      content: `${summary} (${position + 1})`,
      timestamp: start + (index + 4 * position) * 60_000,
    }))
    await db.addMessages(messages)
    await db.createSegmentWithMessages({
      segmentId,
      channelId,
      summary,
      startTime: messages[0]?.timestamp ?? start,
      endTime: messages.at(-1)?.timestamp ?? start,
      messages: messages.map(({ messageId }) => messageId),
    })
  }
}

/** Every item of a listing, page after page. */
async function* allPages<Item>(
  read: (cursor: string | undefined) => Promise<{ items: Item[]; nextCursor: string | null }>,
): AsyncGenerator<Item, void, void> {
  let cursor: string | undefined
  do {
    const { items, nextCursor } = await read(cursor)
    yield* items
    cursor = nextCursor ?? undefined
  } while (cursor !== undefined)
}

async function rowOf(db: DatabaseManager, segment: ConversationSegment): Promise<string[]> {
  const members = await db.getSegmentMessages(segment.segmentId)
  const participants = [...new Set(members.map((member) => member.userId))].toSorted()
  const minutes = (segment.endTime.getTime() - segment.startTime.getTime()) / 60_000
  const start = segment.startTime.toISOString().slice(0, 16)
  return [
    segment.channelId,
    start,
    `${minutes} min`,
    `${members.length}`,
    participants.join(', '),
    segment.summary ?? '',
  ]
}

function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  for (const row of rows) {
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
  }
}

await using db = await openDatabase(process.argv[2] ?? ':memory:')
if ((await db.countMessages()) === 0) await addSamples(db)

const rows = [['CHANNEL', 'START (UTC)', 'LASTED', 'MESSAGES', 'PARTICIPANTS', 'ABOUT']]
for await (const { channelId } of allPages((cursor) => db.listChannels({ order: 'asc', cursor }))) {
  const segments = allPages((cursor) => db.getConversationSegments({ channelId, order: 'asc', cursor }))
  for await (const segment of segments) rows.push(await rowOf(db, segment))
}
printTable(rows)
console.log(`\n${rows.length - 1} segments`)
