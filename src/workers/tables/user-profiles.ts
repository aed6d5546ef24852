import { ConvoDbError } from '../../protocol/errors.js'
import { maxJsonLength } from '../../protocol/limits.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { ReadConnection, WriteConnection } from '../connection/connection.js'
import { mergePatch } from '../../protocol/merge-patch.js'
import { isWhole } from '../connection/row-checks.js'
import { findUserKey } from './user-keys.js'
import { recordUser } from './users.js'

type ProfileRow = NonNullable<WireResult<'getProfile'>>

const selectProfile = `
  SELECT users.user_id AS userId, user_profiles.profile, user_profiles.updated_at AS updatedAt
  FROM main.users JOIN user_profiles ON user_profiles.user_key = users.user_key
  WHERE users.user_id = ?`
// What is changed in part gets a new checksum: damage in the rest must not get one that fits.
const checkByKey = `SELECT 1 FROM user_profiles WHERE user_key = ? AND ${isWhole('user_profiles')}`
const upsertProfile = `
  INSERT INTO user_profiles (user_key, profile, updated_at) VALUES (:userKey, :profile, :updatedAt)
  ON CONFLICT (user_key) DO UPDATE SET profile = :profile, updated_at = max(updated_at, :updatedAt)`

export function getProfile(
  connection: ReadConnection,
  { userId }: WireParams<'getProfile'>,
): ProfileRow | undefined {
  return connection.get<ProfileRow>(selectProfile, [userId])
}

function assertNotTooLong(userId: string, profile = ''): void {
  if (profile.length <= maxJsonLength) return
  throw new ConvoDbError(
    'TOO_LARGE',
    `The profile of '${userId}' would be ${profile.length} characters of JSON; it may be ${maxJsonLength}. Remove some keys`,
    { userId, length: profile.length, maxJsonLength },
  )
}

/** Merged in the writer's transaction, so two updates at once both count. */
export function updateProfile(
  connection: WriteConnection,
  { userId, profile, updatedAt }: WireParams<'updateProfile'>,
): ProfileRow {
  recordUser(connection, userId)
  const userKey = findUserKey(connection, userId) ?? null
  connection.get(checkByKey, [userKey])
  const current = getProfile(connection, { userId })
  const changed = mergePatch(current?.profile ?? '{}', profile)
  // One that is damaged stays as it is, and whoever reads it says so.
  if (changed === undefined && current !== undefined) return current
  assertNotTooLong(userId, changed)
  connection.run(upsertProfile, {
    userKey,
    profile: changed ?? '{}',
    updatedAt: updatedAt ?? Date.now(),
  })
  const merged = getProfile(connection, { userId })
  if (merged === undefined)
    throw new ConvoDbError('INTERNAL', `The profile of '${userId}' is gone after it was saved`)
  return merged
}
