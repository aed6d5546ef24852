import { foldName } from '../../protocol/fold-name.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Session } from '../connection/session.js'
import { blankDeletedMessages } from './changes.js'
import { countBy } from './count-by.js'
import { deletePlaced } from './delete-messages.js'
import { hashOf, putUpTombstone, takeDownTombstone } from './forgotten-users.js'
import { forgetAnswers } from './idempotency-keys.js'

const selectUser = `SELECT display_name AS "displayName" FROM users WHERE user_id = $1 FOR UPDATE`
// messages_by_user leads to them.
const selectSome = `
  SELECT message_id AS "messageId", message_key AS "messageKey", channel_id AS "channelId" FROM messages
  WHERE user_id = $1 LIMIT 10000`
const countEmbeddings = `
  SELECT count(*) AS count FROM message_embeddings WHERE message_key = ANY ($1::bigint[]) AND channel_id = ANY ($2::text[])`
const countMemberships = `
  SELECT count(*) AS count FROM segment_messages WHERE message_key = ANY ($1::bigint[]) AND channel_id = ANY ($2::text[])`
const deleteReactions = `DELETE FROM message_reactions WHERE user_id = $1`
const deleteProfile = `DELETE FROM user_profiles WHERE user_id = $1`
const deleteUserRow = `DELETE FROM users WHERE user_id = $1`
const deleteLongId = `DELETE FROM long_ids WHERE short_id = $1`

type Receipt = WireResult<'forgetUser'>

export async function forgetUser(
  session: Session,
  { userId, mayReturn = false }: WireParams<'forgetUser'>,
): Promise<Receipt> {
  const id = session.id(userId)
  const forgottenAt = Date.now()
  const user = await session.get<{ displayName: string | null }>(selectUser, [id])
  const receipt = {
    messages: 0,
    reactions: 0,
    embeddings: 0,
    segmentMemberships: 0,
    profiles: 0,
    searchEntries: 0,
  }
  if (user !== undefined) {
    await blankDeletedMessages(session, userId)
    session.changes.add({ kind: 'userForgotten', userHash: hashOf(userId).toString('hex') })
    const count = async (
      sql: string,
      keys: readonly number[],
      channels: readonly string[],
    ): Promise<number> =>
      (await session.get<{ count: number }>(sql, [keys, session.ids(channels)]))?.count ?? 0
    for (;;) {
      const some = await session.all<{ messageId: string; messageKey: number; channelId: string }>(
        selectSome,
        [id],
      )
      if (some.length === 0) break
      const keys = some.map(({ messageKey }) => messageKey)
      const counts = countBy(some, ({ channelId }) => channelId)
      receipt.messages += some.length
      receipt.embeddings += await count(countEmbeddings, keys, [...counts.keys()])
      receipt.segmentMemberships += await count(countMemberships, keys, [...counts.keys()])
      await deletePlaced(session, some, { isToldOfEach: false })
    }
    receipt.reactions = await session.run(deleteReactions, [id])
    receipt.profiles = await session.run(deleteProfile, [id])
    receipt.searchEntries = countEntries(user.displayName)
    await session.run(deleteUserRow, [id])
    await session.run(deleteLongId, [id])
  }
  await forgetAnswers(session)
  if (mayReturn) await takeDownTombstone(session, userId)
  else await putUpTombstone(session, userId, forgottenAt)
  return { userId, wasKnown: user !== undefined, forgottenAt, ...receipt }
}

/** As many entries a database in a file has for a name; here it is one of an index's rows, of which nobody counts the parts. */
function countEntries(displayName: string | null): number {
  const characters = [...foldName(displayName ?? '')]
  return new Set(characters.map((_, start) => characters.slice(start, start + longestEntry).join(''))).size
}

const longestEntry = 64
