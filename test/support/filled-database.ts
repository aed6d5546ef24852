import { openDatabase, type NewMessage } from 'convodb'

/** Ids of what a filled database has, and of a little that it has not. */
export const filled = {
  channelIds: ['general', 'random', 'support', 'nowhere'],
  userIds: Array.from({ length: 40 }, (_, n) => `user-${n}`),
  messageIds: Array.from({ length: 900 }, (_, n) => `message-${n}`),
  segmentIds: Array.from({ length: 20 }, (_, n) => `segment-${n}`),
} as const

const names = ['Ada Lovelace', 'Grace Hopper', '張偉', 'Жанна', 'Zoë ﬁne', 'Łukasz']
const channelOf = (n: number): string => filled.channelIds[n % 3] ?? 'general'

/** Every fortieth is long enough for pages of its own. */
const contentOf = (n: number): string =>
  n % 40 === 7 ? `long ${n} ${'überaus lang 長い '.repeat(600)}` : `message ${n}: ${'words '.repeat(n % 30)}`

const messageOf = (n: number): NewMessage => ({
  messageId: `message-${n}`,
  channelId: channelOf(n),
  userId: `user-${n % 40}`,
  content: contentOf(n),
  timestamp: 1_000_000 + 1_000 * (n % 300),
  ...(n % 5 === 0 && { metadata: { number: n, tags: ['a', 'b'] } }),
  ...(n % 7 === 0 && { replyToMessageId: `message-${n - 1}`, messageType: 'reply' }),
})

const vectorOf = (n: number): Float32Array => Float32Array.from({ length: 32 }, (_, at) => n + at / 32)

/** Makes a database with rows in every table, and closes it: half a megabyte, and one file. */
export async function makeFilledDatabase(path: string): Promise<void> {
  await using db = await openDatabase(path, { readers: 1, keepHistory: true })
  for (const [n, channelId] of filled.channelIds.slice(0, 2).entries()) {
    await db.upsertChannel({ channelId, name: `The ${channelId} one`, metadata: { n }, createdAt: n })
  }
  await db.addMessages(filled.messageIds.map((_, n) => messageOf(n)))
  for (const [n, userId] of filled.userIds.slice(0, 30).entries()) {
    await db.users.upsertUser({ userId, displayName: `${names[n % names.length]} ${n}`, metadata: { n } })
    if (n % 3 === 0) await db.users.updateProfile({ userId, profile: { likes: { soup: n } } })
  }
  for (const [n, segmentId] of filled.segmentIds.entries()) {
    const members = Array.from({ length: 8 }, (_, at) => ({
      messageId: `message-${(n % 3) + 3 * (n * 8 + at)}`,
      contributionScore: at / 8,
    }))
    await db.createSegmentWithMessages({
      segmentId,
      channelId: channelOf(n),
      startTime: 1_000_000 + 5_000 * n,
      endTime: 1_040_000 + 5_000 * n,
      summary: `What was said, part ${n}`,
      coherenceScore: n / 20,
      activityLevel: 1 / (n + 1),
      vector: vectorOf(n),
      messages: members,
    })
  }
  await db.storeEmbeddings([
    ...filled.messageIds
      .slice(0, 150)
      .map((ownerId, n) => ({ ownerType: 'message', ownerId, model: 'small', vector: vectorOf(n) }) as const),
    ...filled.segmentIds.map(
      (ownerId, n) => ({ ownerType: 'segment', ownerId, model: 'small', vector: vectorOf(-n) }) as const,
    ),
  ])
  for (let n = 0; n < 60; n += 1) {
    const messageId = `message-${100 + (n % 25)}`
    await db.addReaction({
      messageId,
      userId: `user-${n % 9}`,
      reaction: n % 4 === 0 ? '🎉' : '👍',
      reactedAt: n,
    })
    if (n % 3 === 0) await db.updateMessage({ messageId, content: `edited ${n}`, editedAt: 2_000_000 + n })
  }
  for (const n of [3, 4, 7]) {
    await db.deleteReaction({
      messageId: `message-${100 + n}`,
      userId: `user-${n % 9}`,
      reaction: n % 4 === 0 ? '🎉' : '👍',
    })
  }
  await db.deleteMessages(filled.messageIds.slice(400, 430))
  await db.users.deleteUser('user-1')
  await db.forgetUser('user-2')
  await db.optimize()
}
