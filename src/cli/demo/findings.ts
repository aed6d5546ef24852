import type {
  ConversationSegment,
  DatabaseManager,
  Message,
  SegmentMessage,
  User,
  UserProfile,
} from '../../main/index.js'
import type { Chat } from './chat.js'

/** What a newcomer wants to see of a filled database, each read from it. */
export interface Findings {
  readonly page: { readonly channelName: string; readonly latest: readonly Message[] }
  readonly segment: {
    readonly channelName: string
    readonly segment: ConversationSegment
    readonly members: readonly SegmentMessage[]
  }
  readonly person: { readonly user: User; readonly profile: UserProfile }
  /** By user id. */
  readonly displayNames: ReadonlyMap<string, string>
}

const shownMessages = 8

/** Reads a recent page, a segment with its members and a user's profile. */
export async function lookAround(db: DatabaseManager, chat: Chat): Promise<Findings> {
  const [busiest, second = busiest] = chat.channels
  if (busiest === undefined || second === undefined) throw new Error('A chat has at least one channel')
  const { items: latest } = await db.getMessages({ channelId: busiest.channelId, limit: shownMessages })
  const segment = await chooseSegment(db, second.channelId)
  const members = await db.getSegmentMessages(segment.segmentId)
  const [person, users] = await Promise.all([
    findPerson(db, members[0]?.userId),
    db.users.getUsers([...new Set([...latest, ...members].map(({ userId }) => userId))]),
  ])
  return {
    page: { channelName: busiest.name, latest: latest.toReversed() },
    segment: { channelName: second.name, segment, members },
    person,
    displayNames: new Map(users.map(({ userId, displayName }) => [userId, displayName ?? userId])),
  }
}

const fits = ({ messageCount }: ConversationSegment): boolean => messageCount >= 4 && messageCount <= 9

/** The latest segment that is neither trivial nor longer than a screen. */
async function chooseSegment(db: DatabaseManager, channelId: string): Promise<ConversationSegment> {
  const { items } = await db.getConversationSegments({ channelId, limit: 50 })
  const chosen = items.find(fits) ?? items[0]
  if (chosen === undefined) throw new Error(`Channel ${channelId} has no segments`)
  return chosen
}

async function findPerson(db: DatabaseManager, userId: string | undefined): Promise<Findings['person']> {
  if (userId === undefined) throw new Error('The segment has no members')
  const [user, profile] = await Promise.all([db.users.getUser(userId), db.users.getProfile(userId)])
  if (user === undefined || profile === undefined) throw new Error(`User ${userId} has no profile`)
  return { user, profile }
}
