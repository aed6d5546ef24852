import { ConvoDbError } from '../../protocol/errors.js'
import { maxJsonLength } from '../../protocol/limits.js'
import { mergePatch } from '../../protocol/merge-patch.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Session } from '../connection/session.js'
import { assertNotForgotten, recordUser } from './users.js'

type ProfileRow = NonNullable<WireResult<'getProfile'>>

const selectProfile = `
  SELECT user_id AS "userId", profile, updated_at AS "updatedAt" FROM user_profiles WHERE user_id = $1`
const insertEmpty = `
  INSERT INTO user_profiles (user_id, profile, updated_at) VALUES ($1, '{}', $2) ON CONFLICT (user_id) DO NOTHING`
const lockProfile = `${selectProfile} FOR UPDATE`
const updateRow = `
  UPDATE user_profiles SET profile = $2, updated_at = greatest(updated_at, $3) WHERE user_id = $1`

export const getProfile = (
  session: Session,
  { userId }: WireParams<'getProfile'>,
): Promise<ProfileRow | undefined> => session.get<ProfileRow>(selectProfile, [session.id(userId)])

/** Merged while the row is locked, so two updates at once both count. */
export async function updateProfile(
  session: Session,
  { userId, profile, updatedAt = Date.now() }: WireParams<'updateProfile'>,
): Promise<ProfileRow> {
  await assertNotForgotten(session, userId)
  await recordUser(session, userId)
  const id = session.id(userId)
  await session.run(insertEmpty, [id, updatedAt])
  const current = await session.get<ProfileRow>(lockProfile, [id])
  const merged = mergePatch(current?.profile ?? '{}', profile) ?? '{}'
  if (merged.length > maxJsonLength) throw tooLong(userId, merged.length)
  await session.run(updateRow, [id, merged, updatedAt])
  session.changes.add({ kind: 'profileUpdated', userId })
  const saved = await getProfile(session, { userId })
  if (saved === undefined)
    throw new ConvoDbError('INTERNAL', `The profile of '${userId}' is gone after it was saved`)
  return saved
}

const tooLong = (userId: string, length: number): ConvoDbError =>
  new ConvoDbError(
    'TOO_LARGE',
    `The profile of '${userId}' would be ${length} characters of JSON; it may be ${maxJsonLength}. Remove some keys`,
    { userId, length, maxJsonLength },
  )
