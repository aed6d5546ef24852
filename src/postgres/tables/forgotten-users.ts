import { hash } from 'node:crypto'
import { ConvoDbError } from '../../protocol/errors.js'
import type { Session } from '../connection/session.js'

const selectForgotten = `SELECT user_hash AS "userHash" FROM forgotten_users WHERE user_hash = ANY ($1::bytea[])`
const insertTombstone = `
  INSERT INTO forgotten_users (user_hash, forgotten_at) VALUES ($1, $2)
  ON CONFLICT (user_hash) DO UPDATE SET forgotten_at = excluded.forgotten_at`
const insertMissing = `
  INSERT INTO forgotten_users (user_hash, forgotten_at) VALUES ($1, $2) ON CONFLICT (user_hash) DO NOTHING`
const moveTombstone = `
  UPDATE forgotten_users SET forgotten_at = $2 WHERE user_hash = $1 AND forgotten_at < $2`
const deleteTombstone = `DELETE FROM forgotten_users WHERE user_hash = $1`

/** SHA-256, so that the id itself is gone. */
export const hashOf = (userId: string): Buffer => hash('sha256', userId, 'buffer')

/** Of who has written lately: most who write have written just before. */
let knownHashes = new Map<string, Buffer>()
const maxKnown = 16_384

function knownHashOf(userId: string): Buffer {
  const known = knownHashes.get(userId)
  if (known !== undefined) return known
  if (knownHashes.size === maxKnown) knownHashes = new Map()
  const hashed = hashOf(userId)
  knownHashes.set(userId, hashed)
  return hashed
}

/** Those of the users who were forgotten. */
export async function findForgotten(session: Session, userIds: Iterable<string>): Promise<Set<string>> {
  const ids = [...userIds]
  if (ids.length === 0) return new Set()
  const hashes = ids.map(knownHashOf)
  const rows = await session.all<{ userHash: Buffer }>(selectForgotten, [hashes])
  if (rows.length === 0) return new Set()
  const found = new Set(rows.map(({ userHash }) => userHash.toString('hex')))
  return new Set(ids.filter((_, index) => found.has(hashes[index]?.toString('hex') ?? '')))
}

export const forgotten = (userId: string): ConvoDbError =>
  new ConvoDbError(
    'USER_FORGOTTEN',
    `User '${userId}' was forgotten and can not come back; forgetUser with mayReturn lifts that`,
    { userId },
  )

export const putUpTombstone = (session: Session, userId: string, forgottenAt: number): Promise<number> =>
  session.run(insertTombstone, [hashOf(userId), forgottenAt])

/** Of which only the hash is known; tells whether it is new. Who was forgotten twice was so at the later time. */
export async function addTombstone(
  session: Session,
  userHash: string,
  forgottenAt: number,
): Promise<boolean> {
  const values = [Buffer.from(userHash, 'hex'), forgottenAt]
  if ((await session.run(insertMissing, values)) > 0) return true
  await session.run(moveTombstone, values)
  return false
}

export const takeDownTombstone = (session: Session, userId: string): Promise<number> =>
  session.run(deleteTombstone, [hashOf(userId)])
