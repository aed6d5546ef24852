import { openDatabase } from 'convodb'
import {
  maxDimension,
  maxIdLength,
  maxItems,
  maxJsonLength,
  maxNameLength,
  maxPosition,
} from '../../src/protocol/limits.js'
import { message } from './databases.js'

interface Sizes {
  readonly content: string
  readonly summary: string
  /** Of the one segment that has many. */
  readonly memberCount: number
}

/** Makes a database whose rows are as long and whose numbers are as large as they may be, and closes it. */
export async function makeDatabaseAtLimits(
  path: string,
  { content, summary, memberCount }: Sizes,
): Promise<void> {
  const id = (kind: string): string => kind.padEnd(maxIdLength, '漢')
  const name = 'é'.repeat(maxNameLength)
  // Each quote is escaped.
  const metadata = { text: '"'.repeat((maxJsonLength - '{"text":""}'.length - 1) / 2) }
  const vector = new Float32Array(maxDimension).fill(-0.1)
  const [first, last] = [-8.64e15, 8.64e15]
  const [channelId, userId, messageId, segmentId] = [id('channel'), id('user'), id('message'), id('segment')]
  await using db = await openDatabase(path, { readers: 1 })
  await db.upsertChannel({ channelId, name, metadata, createdAt: first, lastActive: last })
  await db.storeMessage({
    messageId,
    channelId,
    userId,
    timestamp: first,
    messageType: id('type'),
    replyToMessageId: id('reply'),
    editedAt: last,
    content,
    metadata,
  })
  await db.storeMessage(message('empty', { channelId, content: '', timestamp: last }))
  await db.users.upsertUser({ userId, displayName: name, metadata })
  await db.users.updateProfile({ userId, profile: metadata })
  await db.createSegmentWithMessages({
    segmentId,
    channelId,
    startTime: first,
    endTime: last,
    coherenceScore: 1e308,
    activityLevel: 5e-324,
    summary,
    vector,
    metadata,
    messages: [{ messageId, position: maxPosition, contributionScore: -1e308 }],
  })
  await db.storeEmbeddings([
    { ownerType: 'message', ownerId: messageId, model: id('model'), vector },
    { ownerType: 'segment', ownerId: segmentId, model: id('model'), vector },
  ])
  await db.forgetUser(id('forgotten'))
  // Half of the members are at one position: it does not tell which of them is first.
  const members = Array.from({ length: memberCount }, (_, n) => ({
    messageId: `m${n}`,
    position: Math.min(n, Math.trunc(memberCount / 2)),
  }))
  const many = { segmentId: 'many', channelId: 'many', startTime: 0, endTime: 1 }
  await db.createConversationSegment(many)
  for (let at = 0; at < memberCount; at += maxItems) {
    const some = members.slice(at, at + maxItems)
    await db.addMessages(some.map((member) => message(member.messageId, { channelId: 'many' })))
    await db.addMessagesToSegment({ segmentId: 'many', messages: some })
  }
}
