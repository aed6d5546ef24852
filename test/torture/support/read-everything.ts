import { ConvoDbError, toJsonForm, type DatabaseManager, type Page } from 'convodb'
import { filled } from '../../support/filled-database.js'

/** Far more than a good file has. A damaged one may list the same rows for ever. */
const maxPages = 100
const limit = 50

async function* pages<Item>(read: (cursor?: string) => Promise<Page<Item>>) {
  let page = await read()
  for (let count = 1; count <= maxPages; count += 1) {
    yield page.items
    if (page.nextCursor === null) return
    page = await read(page.nextCursor)
  }
  throw new Error('endless')
}

/** Reads all there is through the calls of a database; answers, and errors where one fails, in one text. */
export async function readEverything(db: DatabaseManager): Promise<string> {
  const lines: string[] = []
  const note = (what: string, value: unknown): unknown =>
    lines.push(`${what}: ${value === undefined ? 'nothing' : JSON.stringify(toJsonForm(value))}`)
  const ask = async (what: string, call: () => Promise<unknown>): Promise<void> => {
    try {
      note(what, await call())
    } catch (error) {
      note(`${what} failed`, error instanceof ConvoDbError ? error.code : String(error))
    }
  }
  const askPages = <Item>(what: string, read: (cursor?: string) => Promise<Page<Item>>): Promise<void> =>
    ask(what, async () => {
      for await (const items of pages(read)) note(what, items)
      return 'whole'
    })
  const from = (cursor?: string) => ({ limit, ...(cursor !== undefined && { cursor }) })

  await ask('rows', () => db.execute('countRows', {}))
  for (const order of ['asc', 'desc'] as const) {
    await askPages('channels', (cursor) => db.listChannels({ order, ...from(cursor) }))
    for (const channelId of filled.channelIds) {
      await askPages(channelId, (cursor) => db.getMessages({ channelId, order, ...from(cursor) }))
      await askPages(channelId, (cursor) => db.getConversationSegments({ channelId, order, ...from(cursor) }))
    }
  }
  for (const channelId of filled.channelIds) {
    await ask(channelId, () => db.getChannel({ channelId }))
    await ask(channelId, () => db.countMessages({ channelId, after: 1_100_000 }))
    const times = { startTime: 1_030_000, endTime: 1_060_000 }
    await askPages(channelId, (cursor) => db.getOverlappingSegments({ channelId, ...times, ...from(cursor) }))
  }
  await ask('by ids', () => db.getMessagesByIds([...filled.messageIds]))
  for (const messageId of filled.messageIds.slice(95, 130)) {
    await askPages(messageId, (cursor) => db.getReactions({ messageId, withRemoved: true, ...from(cursor) }))
    await askPages(messageId, (cursor) => db.getMessageHistory({ messageId, ...from(cursor) }))
  }
  await ask('shown', () =>
    db.getMessagesByIds({ messageIds: filled.messageIds, with: ['user', 'reactions'] }),
  )
  await ask('context', () => db.getMessageContext({ messageId: 'message-300' }))
  await ask('members', () => db.getSegmentMessageIds([...filled.segmentIds]))
  for (const segmentId of filled.segmentIds) {
    await ask(segmentId, () => db.getConversationSegment(segmentId))
    await ask(segmentId, () => db.getSegmentMessages(segmentId))
  }
  await ask('vectors', () => db.getEmbeddings({ ownerType: 'message', ownerIds: [...filled.messageIds] }))
  await ask('vectors', () => db.getEmbeddings({ ownerType: 'segment', ownerIds: [...filled.segmentIds] }))
  await ask('users', () => db.users.getUsers([...filled.userIds]))
  for (const userId of filled.userIds) await ask(userId, () => db.users.getProfile(userId))
  for (const query of ['ada', 'opper', '偉', 'fine', '1', 'nobody']) {
    await askPages(query, (cursor) => db.users.searchByDisplayName({ query, ...from(cursor) }))
  }
  return lines.join('\n')
}
