import type { ReadConnection, WriteConnection } from '../connection/connection.js'
import type { ChangePlace } from '../../protocol/change-cursor.js'
import { readLastKey, selectLastKey } from './last-message-key.js'

// The start of the primary key.
const selectFirst = `SELECT min(change_id) AS changeId FROM changes`
// The ends of primary keys.
const selectPlace = `
  SELECT (${selectLastKey}) AS messageKey, (SELECT coalesce(max(change_id), 0) FROM changes) AS changeId`
// A range of the primary key.
const selectBehind = `
  SELECT change_id AS changeId, message_key AS messageKey, kind, subject_key AS subjectKey, subject_id AS subjectId,
    channel_id AS channelId
  FROM changes WHERE change_id > ? ORDER BY change_id LIMIT ?`
const insertForgotten = `
  INSERT INTO changes (message_key, kind, subject_id, user_key) VALUES (:messageKey, 'userForgotten', :userHash, :userKey)`
// Seeks changes_by_user. Of a row whose message's id is gone nobody is told; that the user was forgotten follows.
const blankMessages = `
  UPDATE changes SET subject_id = NULL WHERE user_key = ? AND kind = 'messageDeleted'`

/** A row as it is kept: by the key of what is still there, or by the id of what is gone. */
export interface ChangeRecord extends ChangePlace {
  readonly kind: string
  readonly subjectKey: number | null
  readonly subjectId: string | null
  readonly channelId: string | null
}

/** The id of the oldest change that is kept; 0 where there never was one. */
export const readFirstChangeId = (connection: ReadConnection): number =>
  connection.get<{ changeId: number | null }>(selectFirst)?.changeId ?? 0

/** Where the changes end, in one statement: the writer asks after every commit. */
export const readLastPlace = (connection: ReadConnection): ChangePlace =>
  connection.get<ChangePlace>(selectPlace) ?? { messageKey: 0, changeId: 0 }

/** Up to `limit` changes behind one. */
export const listChangesBehind = (
  connection: ReadConnection,
  changeId: number,
  limit: number,
): ChangeRecord[] => connection.all<ChangeRecord>(selectBehind, [changeId, limit])

/**
 * Tells that a user is being forgotten, before their messages are deleted, which no change tells of by itself then; and takes away
 * the ids of those that were deleted before.
 */
export function recordForgotten(connection: WriteConnection, userKey: number, userHash: Uint8Array): void {
  connection.run(blankMessages, [userKey])
  connection.run(insertForgotten, {
    messageKey: readLastKey(connection),
    userHash: Buffer.from(userHash).toString('hex'),
    userKey,
  })
}
