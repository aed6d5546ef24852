import { foldName } from '../../protocol/fold-name.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Session } from '../connection/session.js'
import { blankDeletedMessages } from './changes.js'
import { deletePlaced } from './delete-messages.js'
import { writeCounters } from './written-counters.js'
import { addTombstone, hashOf, putUpTombstone, takeDownTombstone } from './forgotten-users.js'
import { forgetAnswers } from './idempotency-keys.js'
import { forgetLongId } from './long-ids.js'

const selectAll = `SELECT user_id AS "userId", display_name AS "displayName" FROM users`
const selectUser = `SELECT display_name AS "displayName" FROM users WHERE user_id = $1 FOR UPDATE`
// messages_by_user leads to them.
const selectSome = `
  /* all nodes */ SELECT message_id AS "messageId", message_key AS "messageKey", channel_id AS "channelId" FROM messages
  WHERE user_id = $1 LIMIT 10000`
const countEmbeddings = `
  SELECT count(*) AS count FROM message_embeddings WHERE message_key = ANY ($1::bigint[]) AND channel_id = ANY ($2::text[])`
const countMemberships = `
  SELECT count(*) AS count FROM segment_messages WHERE message_key = ANY ($1::bigint[]) AND channel_id = ANY ($2::text[])`
const deleteReactions = `
  /* all nodes */ DELETE FROM message_reactions WHERE user_id = $1
  RETURNING reaction_key AS "reactionKey", message_key AS "messageKey", removed_at AS "removedAt"`
const deleteProfile = `DELETE FROM user_profiles WHERE user_id = $1`
const deleteUserRow = `DELETE FROM users WHERE user_id = $1`

type Receipt = WireResult<'forgetUser'>

type Traces = Pick<
  Receipt,
  'messages' | 'reactions' | 'embeddings' | 'segmentMemberships' | 'profiles' | 'searchEntries'
>

export async function forgetUser(
  session: Session,
  { userId, mayReturn = false }: WireParams<'forgetUser'>,
): Promise<Receipt> {
  const forgottenAt = Date.now()
  const user = await session.get<{ displayName: string | null }>(selectUser, [session.id(userId)])
  const traces = user === undefined ? noTraces : await deleteTraces(session, userId, user.displayName)
  await forgetAnswers(session)
  if (mayReturn) await takeDownTombstone(session, userId)
  else await putUpTombstone(session, userId, forgottenAt)
  return { userId, wasKnown: user !== undefined, forgottenAt, ...traces }
}

/** Leaves tombstones of which only the hashes are known, and deletes whoever they are of. */
export async function importForgottenUsers(
  session: Session,
  { users }: WireParams<'importForgottenUsers'>,
): Promise<number> {
  const added = new Set<string>()
  for (const { userHash, forgottenAt } of users)
    if (await addTombstone(session, userHash, forgottenAt)) added.add(userHash)
  // Of those who were forgotten before there is nothing left to take away.
  if (added.size === 0) return users.length
  await forgetAnswers(session)
  for (const { userId, displayName } of await session.all<{ userId: string; displayName: string | null }>(
    selectAll,
  )) {
    if (added.has(hashOf(userId).toString('hex'))) await deleteTraces(session, userId, displayName)
  }
  return users.length
}

const noTraces: Traces = {
  messages: 0,
  reactions: 0,
  embeddings: 0,
  segmentMemberships: 0,
  profiles: 0,
  searchEntries: 0,
}

interface TheirMessage {
  readonly messageId: string
  readonly messageKey: number
  readonly channelId: string
}

interface TheirReaction {
  readonly reactionKey: number
  readonly messageKey: number
  readonly removedAt: number | null
}

/** Everything of a user, in every table. */
async function deleteTraces(session: Session, userId: string, displayName: string | null): Promise<Traces> {
  const id = session.id(userId)
  await blankDeletedMessages(session, userId)
  session.changes.add({ kind: 'userForgotten', userHash: hashOf(userId).toString('hex'), userId })
  const traces = { ...noTraces, searchEntries: countEntries(displayName) }
  const count = async (sql: string, some: readonly TheirMessage[]): Promise<number> => {
    const channels = session.ids([...new Set(some.map(({ channelId }) => channelId))])
    const keys = some.map(({ messageKey }) => messageKey)
    return (await session.get<{ count: number }>(sql, [keys, channels]))?.count ?? 0
  }
  for (;;) {
    const some = await session.all<TheirMessage>(selectSome, [id])
    if (some.length === 0) break
    traces.messages += some.length
    traces.embeddings += await count(countEmbeddings, some)
    traces.segmentMemberships += await count(countMemberships, some)
    await deletePlaced(session, some, { isToldOfEach: false })
  }
  writeCounters(session)
  const reactions = await session.all<TheirReaction>(deleteReactions, [id])
  traces.reactions = reactions.length
  for (const { messageKey, removedAt } of reactions.toSorted((a, b) => a.reactionKey - b.reactionKey))
    if (removedAt === null) session.changes.add({ kind: 'messageUpdated', messageKey })
  traces.profiles = await session.run(deleteProfile, [id])
  await session.run(deleteUserRow, [id])
  await forgetLongId(session, userId)
  return traces
}

/** As many entries a database in a file has for a name; here it is one of an index's rows, of which nobody counts the parts. */
function countEntries(displayName: string | null): number {
  const characters = [...foldName(displayName ?? '')]
  return new Set(characters.map((_, start) => characters.slice(start, start + longestEntry).join(''))).size
}

const longestEntry = 64
