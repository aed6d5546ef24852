import {
  toJsonForm,
  type Channel,
  type ConversationSegment,
  type DatabaseManager,
  type JsonValue,
} from '../../main/index.js'
import { parseTime } from '../../protocol/time.js'

export type RowKind = 'messages' | 'channels' | 'segments'

/** Rows read at a time; they travel on as one text. */
const pageSize = 500

/** A row as it is written, without what is not there; a field's value is JSON, or a time. */
export type ExportedRow = { readonly [name: string]: JsonValue | undefined }

/** What of the rows is asked for. */
export interface RowsWanted {
  readonly kind: RowKind
  /** Whose rows; a channel's messages come in their order. */
  readonly channels: AsyncIterable<Channel>
  /** Messages of this time and later, and segments that end then or later; epoch milliseconds. */
  readonly since: number | undefined
}

/** The database's rows, some at a time; as lines of NDJSON they import again unchanged. */
export async function* exportPages(
  db: DatabaseManager,
  { kind, channels, since }: RowsWanted,
): AsyncGenerator<readonly ExportedRow[]> {
  for await (const channel of channels) {
    if (kind === 'channels') yield toRows([channelFields(channel)])
    else if (kind === 'messages') yield* messagePages(db, channel.channelId, since)
    else yield* segmentPages(db, channel.channelId, since)
  }
}

async function* messagePages(
  db: DatabaseManager,
  channelId: string,
  since: number | undefined,
): AsyncGenerator<readonly ExportedRow[]> {
  // `after` leaves out its own millisecond; before the first one that there is, nothing is.
  const after = since === undefined ? undefined : parseTime(since - 1)
  const page = { channelId, order: 'asc', limit: pageSize, after } as const
  const pages = readPages((cursor) => db.getMessages({ ...page, cursor }))
  for await (const messages of pages) yield toRows(messages)
}

async function* segmentPages(
  db: DatabaseManager,
  channelId: string,
  since = Number.NEGATIVE_INFINITY,
): AsyncGenerator<readonly ExportedRow[]> {
  const page = { channelId, order: 'asc', limit: pageSize } as const
  for await (const segments of readPages((cursor) => db.getConversationSegments({ ...page, cursor }))) {
    const wanted = segments.filter(({ endTime }) => endTime.getTime() >= since)
    yield toRows(await Promise.all(wanted.map((segment) => segmentFields(db, segment))))
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

const toRows = (rows: readonly object[]): ExportedRow[] => rows.map(toRow)

/** What is not there need not be said. */
function toRow(row: object): ExportedRow {
  const fields = Object.entries(row).map(([name, value]) => [name, toJsonForm(value)] as const)
  return Object.fromEntries(fields.filter(([, value]) => value !== null))
}
