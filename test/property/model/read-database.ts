import { ConvoDbError, type DatabaseManager, type Page, type SearchByVectorParams } from 'convodb'
import type { Ids } from './ids.js'

/** Everything that can be asked about these ids, asked at once. */
export async function readDatabase(db: DatabaseManager, ids: Ids): Promise<Record<string, unknown>> {
  const answers = Object.entries(startReads(db, ids)).map(
    async ([name, answer]) => [name, await answer] as const,
  )
  return Object.fromEntries(await Promise.all(answers))
}

/** Page by page where there are pages. */
function startReads(db: DatabaseManager, ids: Ids) {
  const { channelIds, userIds, messageIds, segmentIds, models } = ids
  const inEachChannel = <Value>(read: (channelId: string) => Promise<Value>) =>
    Promise.all(channelIds.map(read))
  const embeddings = (ownerType: 'message' | 'segment', ownerIds: readonly string[]) =>
    Promise.all([undefined, ...models].map((model) => db.getEmbeddings({ ownerType, ownerIds, model })))
  return {
    channels: inEachChannel((channelId) => db.getChannel(channelId)),
    listedChannels: readPages((cursor) => db.listChannels({ limit: 2, order: 'asc', cursor })),
    listedChannelsBackwards: readPages((cursor) => db.listChannels({ limit: 3, cursor })),
    messages: inEachChannel((channelId) =>
      readPages((cursor) => db.getMessages({ channelId, limit: 3, order: 'asc', cursor })),
    ),
    messagesBackwards: inEachChannel((channelId) =>
      readPages((cursor) => db.getMessages({ channelId, limit: 2, cursor })),
    ),
    counts: inEachChannel((channelId) => db.countMessages({ channelId })),
    countsBetween: inEachChannel((channelId) => db.countMessages({ channelId, after: 1, before: 6 })),
    notes: inEachChannel((channelId) =>
      readPages((cursor) =>
        db.getMessages({ channelId, messageType: 'note', limit: 2, order: 'asc', cursor }),
      ),
    ),
    answers: inEachChannel((channelId) =>
      Promise.all(
        messageIds.map((replyToMessageId) =>
          readPages((cursor) => db.getMessages({ channelId, replyToMessageId, limit: 1, cursor })),
        ),
      ),
    ),
    messagesOfUsers: Promise.all(
      userIds.map((userId) => readPages((cursor) => db.getUserMessages({ userId, limit: 2, cursor }))),
    ),
    messagesOneByOne: Promise.all(messageIds.map((messageId) => db.getMessage(messageId))),
    messagesById: db.getMessagesByIds(messageIds),
    contexts: Promise.all(
      messageIds.map((messageId) => db.getMessageContext({ messageId, before: 2, after: 1 })),
    ),
    users: Promise.all(userIds.map((userId) => db.users.getUser(userId))),
    usersById: db.users.getUsers(userIds.toReversed()),
    profiles: Promise.all(userIds.map((userId) => db.users.getProfile(userId))),
    found: readPages((cursor) => db.users.searchByDisplayName({ query: 'aDa', limit: 1, cursor })),
    foundLiterally: readPages((cursor) => db.users.searchByDisplayName({ query: '0%', cursor })),
    segments: Promise.all(segmentIds.map((segmentId) => db.getConversationSegment(segmentId))),
    segmentsInOrder: inEachChannel((channelId) =>
      readPages((cursor) => db.getConversationSegments({ channelId, limit: 1, order: 'asc', cursor })),
    ),
    segmentsBackwards: inEachChannel((channelId) =>
      readPages((cursor) => db.getConversationSegments({ channelId, limit: 2, cursor })),
    ),
    overlapping: inEachChannel((channelId) =>
      readPages((cursor) =>
        db.getOverlappingSegments({ channelId, startTime: 2, endTime: 4, limit: 1, order: 'asc', cursor }),
      ),
    ),
    members: Promise.all(segmentIds.map((segmentId) => db.getSegmentMessages(segmentId))),
    memberIds: db.getSegmentMessageIds(segmentIds),
    messageEmbeddings: embeddings('message', messageIds),
    segmentEmbeddings: embeddings('segment', segmentIds),
    alike: Promise.all(searchesOf(ids).map((search) => findAlike(db, search))),
    rows: db.stats().then((stats) => stats.rows),
  }
}

export type Search = Omit<SearchByVectorParams, 'vector'>

/** Every vector of the runs is compared, by codes and by sketches. */
export function searchesOf({ channelIds, userIds, models }: Ids): Search[] {
  const filters: Partial<Search>[] = [
    {},
    { limit: 1, minScore: 0.9 },
    { channelIds: channelIds.slice(0, 2), after: 1, before: 6 },
  ]
  return models.flatMap((model) =>
    [true, false].flatMap((exact) => [
      ...filters.flatMap((filter) =>
        (['message', 'segment'] as const).map((owner) => ({ model, exact, owner, ...filter })),
      ),
      ...userIds.slice(0, 2).map((userId) => ({ model, exact, owner: 'message' as const, userId })),
    ]),
  )
}

/** What is looked for, in whatever dimension the model has. */
export const soughtVector = (dimension: number): number[] => [1, 3, -2].slice(0, dimension)

async function findAlike(
  db: DatabaseManager,
  search: Search,
): Promise<readonly (readonly [string, number])[]> {
  const ask = (dimension: number) => db.searchByVector({ ...search, vector: soughtVector(dimension) })
  const found = await ask(2).catch((error: unknown) => {
    if (error instanceof ConvoDbError && error.code === 'DIMENSION_MISMATCH') return ask(3)
    throw error
  })
  return found.map((match) => [
    match.kind === 'message' ? match.messageId : match.segmentId,
    Math.round(match.score * 1e9) / 1e9,
  ])
}

export type Reads = ReturnType<typeof startReads>

async function readPages<Item>(read: (cursor?: string) => Promise<Page<Item>>): Promise<Item[]> {
  const items: Item[] = []
  let cursor: string | undefined
  do {
    const page = await read(cursor)
    items.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return items
}
