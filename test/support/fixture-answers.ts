import { toJsonForm, type DatabaseManager } from 'convodb'

const channelIds = ['general', 'random', 'empty 🫖']
const userIds = ['ada', 'grace', 'gone', 'quiet', 'mallory']
const messageIds = ['m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8', 'm9']
const segmentIds = ['s1', 's2', 's3']

/** Asks for every row of a fixture by every way that leads to it; in JSON form. */
export async function readFixture(db: DatabaseManager) {
  const each = <Id, Answer>(ids: readonly Id[], ask: (id: Id) => Promise<Answer>) => Promise.all(ids.map(ask))
  return toJsonForm({
    channels: (await db.listChannels({ order: 'asc' })).items,
    channelsById: await each(channelIds, (channelId) => db.getChannel(channelId)),
    messagesInOrder: await each(channelIds, async (channelId) => {
      const { items } = await db.getMessages({ channelId, order: 'asc' })
      return items.map(({ messageId }) => messageId)
    }),
    messages: await db.getMessagesByIds(messageIds),
    reactions: await each(
      messageIds,
      async (messageId) => (await db.getReactions({ messageId, withRemoved: true })).items,
    ),
    formerTexts: await each(
      messageIds,
      async (messageId) => (await db.getMessageHistory({ messageId })).items,
    ),
    counts: await each(channelIds, (channelId) => db.countMessages({ channelId })),
    segments: await each(channelIds, async (channelId) =>
      (await db.getConversationSegments({ channelId })).items.map(({ segmentId }) => segmentId),
    ),
    segmentsById: await each(segmentIds, (segmentId) => db.getConversationSegment(segmentId)),
    members: await each(segmentIds, (segmentId) => db.getSegmentMessages(segmentId)),
    embeddings: [
      ...(await db.getEmbeddings({ ownerType: 'message', ownerIds: messageIds })),
      ...(await db.getEmbeddings({ ownerType: 'segment', ownerIds: segmentIds })),
    ],
    users: await each(userIds, (userId) => db.users.getUser(userId)),
    profiles: await each(userIds, (userId) => db.users.getProfile(userId)),
    found: await each(['LOVE', 'zoë', 'nobody'], async (query) =>
      (await db.users.searchByDisplayName({ query })).items.map(({ userId }) => userId),
    ),
  })
}
