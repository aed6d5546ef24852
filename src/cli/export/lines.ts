import { toJsonForm, type Channel, type ConversationSegment, type DatabaseManager } from '../../main/index.js'

export type RowKind = 'messages' | 'channels' | 'segments'

/** Rows read at a time; they travel on as one text. */
const pageSize = 500

/**
 * The database's rows as NDJSON which imports again unchanged, in texts of many lines.
 *
 * @param channels whose rows; a channel's messages come in their order.
 */
export async function* exportLines(
  db: DatabaseManager,
  kind: RowKind,
  channels: AsyncIterable<Channel>,
): AsyncGenerator<string> {
  for await (const channel of channels) {
    if (kind === 'channels') yield toLines([channelFields(channel)])
    else if (kind === 'messages') yield* messageLines(db, channel.channelId)
    else yield* segmentLines(db, channel.channelId)
  }
}

async function* messageLines(db: DatabaseManager, channelId: string): AsyncGenerator<string> {
  const pages = readPages((cursor) => db.getMessages({ channelId, order: 'asc', limit: pageSize, cursor }))
  for await (const messages of pages) yield toLines(messages)
}

async function* segmentLines(db: DatabaseManager, channelId: string): AsyncGenerator<string> {
  const page = { channelId, order: 'asc', limit: pageSize } as const
  for await (const segments of readPages((cursor) => db.getConversationSegments({ ...page, cursor }))) {
    yield toLines(await Promise.all(segments.map((segment) => segmentFields(db, segment))))
  }
}

/** All channels, in the order in which they came into being. */
export async function* allChannels(db: DatabaseManager): AsyncGenerator<Channel> {
  const pages = readPages((cursor) => db.listChannels({ order: 'asc', limit: pageSize, cursor }))
  for await (const channels of pages) yield* channels
}

interface PageOf<Item> {
  readonly items: Item[]
  readonly nextCursor: string | null
}

async function* readPages<Item>(
  readPage: (cursor: string | undefined) => Promise<PageOf<Item>>,
): AsyncGenerator<Item[]> {
  let cursor: string | undefined
  do {
    const { items, nextCursor } = await readPage(cursor)
    yield items
    cursor = nextCursor ?? undefined
  } while (cursor !== undefined)
}

/** Without what follows from the messages: an import would count it anew. */
function channelFields({ channelId, name, metadata, createdAt }: Channel): object {
  return { channelId, name, metadata, createdAt }
}

async function segmentFields(db: DatabaseManager, segment: ConversationSegment): Promise<object> {
  const { messageCount: _, ...fields } = segment
  const members = await db.getSegmentMessages(segment.segmentId)
  const messages = members.map(({ messageId, position, contributionScore }) => ({
    messageId,
    position,
    contributionScore,
  }))
  return { ...fields, messages }
}

function toLines(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(toJsonForm(withoutNulls(row)))}\n`).join('')
}

/** What is not there need not be said. */
function withoutNulls(row: object): object {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null))
}
