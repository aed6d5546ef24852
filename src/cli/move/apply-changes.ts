import { hash } from 'node:crypto'
import { ConvoDbError, type ChangeEvent, type DatabaseManager } from '../../main/index.js'
import type { NewMember } from '../../protocol/parameters.js'
import { lastOfEach } from './last-changes.js'
import { mergePatchBetween } from './merge-patch.js'
import { readLines } from './rows.js'

/** Writes of one change, called in the order of the changes. */
type Write = () => Promise<unknown>

/** Makes in one database what happened in another. */
export class ChangeApplier {
  readonly #from: DatabaseManager
  readonly #to: DatabaseManager
  /** Channels that the target has by now. */
  readonly #channels = new Set<string>()
  /** Read once for all changes that are applied together. */
  #tombstones: Promise<ReadonlyMap<string, string>> | undefined
  #usersByHash: Promise<ReadonlyMap<string, string>> | undefined
  #waiting: ChangeEvent[] = []

  constructor(from: DatabaseManager, to: DatabaseManager) {
    this.#from = from
    this.#to = to
  }

  /** How many changes could not be made, as things are by now: of what they hang on a later one tells. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Applies changes that follow each other, and those that wait; resolves when all of it is durable. */
  async apply(all: readonly ChangeEvent[]): Promise<void> {
    const changes = lastOfEach([...this.#waiting, ...all])
    this.#waiting = []
    this.#tombstones = this.#usersByHash = undefined
    const newChannels = await this.#newChannelsOf(changes)
    const writes = await Promise.all(changes.map((change) => this.#prepare(change)))
    // Called in one turn, and carried out in that order.
    await Promise.all([
      ...newChannels.map((write) => write().catch(ignoreForgotten)),
      ...writes.map((write, index) => this.#carryOut(write, changes[index])),
    ])
  }

  async #carryOut(write: Write, change: ChangeEvent | undefined): Promise<void> {
    try {
      await write()
    } catch (error) {
      const hangsOnOthers =
        error instanceof ConvoDbError && (error.code === 'NOT_FOUND' || error.code === 'CONFLICT')
      if (hangsOnOthers && change !== undefined) this.#waiting.push(change)
      else ignoreForgotten(error)
    }
  }

  /** A channel that comes into being with a message is no change of its own; its time of creation is. */
  async #newChannelsOf(changes: readonly ChangeEvent[]): Promise<Write[]> {
    const ids = new Set(
      changes.flatMap((change) =>
        'channelId' in change && change.channelId !== '' ? [change.channelId] : [],
      ),
    )
    const unknown = [...ids].filter((channelId) => !this.#channels.has(channelId))
    for (const channelId of unknown) this.#channels.add(channelId)
    const found = await Promise.all(
      unknown.map(async (channelId) => {
        const isThere = (await this.#to.getChannel({ channelId })) !== undefined
        return isThere ? undefined : this.#from.getChannel({ channelId })
      }),
    )
    return found.flatMap((channel) => {
      if (channel === undefined) return []
      const { channelId, name, metadata, createdAt } = channel
      return [() => this.#to.upsertChannel({ channelId, name, metadata, createdAt })]
    })
  }

  #prepare(change: ChangeEvent): Promise<Write> | Write {
    switch (change.kind) {
      case 'messageStored':
      case 'messageUpdated':
        return () => this.#to.storeMessage(change.message)
      case 'messageDeleted':
        return () => this.#to.deleteMessages([change.messageId])
      case 'channelUpdated':
        return this.#channel(change.channelId)
      case 'channelDeleted':
        this.#channels.delete(change.channelId)
        return () => this.#to.deleteChannel({ channelId: change.channelId })
      case 'segmentStored':
      case 'segmentUpdated':
      case 'segmentDeleted':
        return this.#segment(change.segmentId)
      case 'userUpdated':
        return this.#user(change.userId)
      case 'userDeleted':
        return () => this.#to.users.deleteUser(change.userId)
      case 'profileUpdated':
        return this.#profile(change.userId)
      case 'userForgotten':
        return this.#forget(change.userHash)
    }
  }

  async #channel(channelId: string): Promise<Write> {
    const channel = await this.#from.getChannel({ channelId })
    if (channel === undefined) return () => this.#to.deleteChannel({ channelId })
    const { name, metadata, createdAt, lastActive } = channel
    return () => this.#to.upsertChannel({ channelId, name, metadata, createdAt, lastActive })
  }

  /** Anew: members that it has no more are gone then. */
  async #segment(segmentId: string): Promise<Write> {
    const segment = await this.#from.getConversationSegment(segmentId)
    const toDelete = { name: 'deleteConversationSegment', params: { segmentId } } as const
    if (segment === undefined) return () => this.#to.batch([toDelete])
    const members = await this.#from.getSegmentMessages(segmentId)
    const vectors = await this.#from.getEmbeddings({ ownerType: 'segment', ownerIds: [segmentId] })
    const { messageCount: _, ...fields } = segment
    const messages = members.map(({ messageId, position, contributionScore }) => ({
      messageId,
      position,
      contributionScore,
    }))
    const embeddings = vectors.map(({ ownerType, ownerId, model, vector, createdAt }) => ({
      ownerType,
      ownerId,
      model,
      vector,
      createdAt,
    }))
    return () =>
      this.#to.batch([
        toDelete,
        { name: 'createConversationSegment', params: fields },
        ...membersAtATime(segmentId, messages),
        ...(embeddings.length === 0 ? [] : [{ name: 'storeEmbeddings', params: { embeddings } } as const]),
      ])
  }

  async #user(userId: string): Promise<Write> {
    const user = await this.#from.users.getUser(userId)
    if (user === undefined) return () => this.#to.users.deleteUser(userId)
    const { displayName, metadata, firstSeen } = user
    return () => this.#to.users.upsertUser({ userId, displayName, metadata, firstSeen })
  }

  async #profile(userId: string): Promise<Write> {
    const [wanted, there] = await Promise.all([
      this.#from.users.getProfile(userId),
      this.#to.users.getProfile(userId),
    ])
    if (wanted === undefined) return () => Promise.resolve()
    const profile = mergePatchBetween(there?.profile ?? {}, wanted.profile)
    return () => this.#to.users.updateProfile({ userId, profile, updatedAt: wanted.updatedAt })
  }

  /** Only the hash is told, and no tombstone is there where the user may return: then one of the target's users may have it. */
  async #forget(userHash: string): Promise<Write> {
    this.#tombstones ??= readTombstones(this.#from)
    const forgottenAt = (await this.#tombstones).get(userHash)
    if (forgottenAt !== undefined)
      return () => this.#to.execute('importForgottenUsers', { users: [{ userHash, forgottenAt }] })
    this.#usersByHash ??= readUsersByHash(this.#to)
    const userId = (await this.#usersByHash).get(userHash)
    return userId === undefined
      ? () => Promise.resolve()
      : () => this.#to.forgetUser({ userId, mayReturn: true })
  }
}

const membersPerCall = 10_000

/** A segment may have more members than a call takes. */
function membersAtATime(segmentId: string, messages: readonly NewMember[]) {
  return Array.from({ length: Math.ceil(messages.length / membersPerCall) }, (_, n) => {
    const some = messages.slice(n * membersPerCall, (n + 1) * membersPerCall)
    return { name: 'addMessagesToSegment', params: { segmentId, messages: some } } as const
  })
}

/** When users were forgotten, by their hashes. */
async function readTombstones(db: DatabaseManager): Promise<ReadonlyMap<string, string>> {
  const tombstones = new Map<string, string>()
  for await (const lines of readLines(db, 'forgotten'))
    for (const line of lines) {
      const { userHash, forgottenAt }: { readonly userHash: string; readonly forgottenAt: string } =
        JSON.parse(line)
      tombstones.set(userHash, forgottenAt)
    }
  return tombstones
}

async function readUsersByHash(db: DatabaseManager): Promise<ReadonlyMap<string, string>> {
  const users = new Map<string, string>()
  for await (const lines of readLines(db, 'activity'))
    for (const line of lines) {
      const { userId }: { readonly userId: string } = JSON.parse(line)
      users.set(hash('sha256', userId), userId)
    }
  return users
}

/** A change is told as things are by now: of who was forgotten since a later one tells. */
function ignoreForgotten(error: unknown): void {
  if (!(error instanceof ConvoDbError) || error.code !== 'USER_FORGOTTEN') throw error
}
