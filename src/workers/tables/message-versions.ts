import { ConvoDbError } from '../../protocol/errors.js'
import { defaultLimit } from '../../protocol/limits.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Packed } from '../../protocol/packed.js'
import type { Connection, ReadConnection, WriteConnection } from '../connection/connection.js'
import { isWhole } from '../connection/row-checks.js'
import { answerItemsPage } from '../reading/pack-answer.js'
import { gatherPage } from '../reading/paging.js'
import { decodeCursor, encodeCursor } from '../../protocol/cursors.js'
import { findPlace, requireMessage } from './messages.js'

type VersionRow = WireResult<'getMessageHistory'>['items'][number]

const selectSetting = `SELECT is_kept FROM history_setting WHERE id = 1`
const updateSetting = `UPDATE history_setting SET is_kept = ? WHERE id = 1`
// Seeks message_versions_by_message (message_key, version_key).
const selectKeys = `
  SELECT version_key FROM main.message_versions WHERE message_key = :messageKey AND version_key < :before
  ORDER BY version_key DESC LIMIT :limit`
const selectVersion = `
  SELECT content, edited_at AS editedAt, replaced_at AS replacedAt FROM message_versions WHERE version_key = ?`
const selectSame = `
  SELECT 1 FROM message_versions
  WHERE message_key = :messageKey AND replaced_at = :replacedAt AND edited_at IS :editedAt AND content = :content`
// Seeks message_versions_by_message, too. What is changed in part gets a new checksum: damage in the rest must not get one that fits.
const dateBack = `
  UPDATE message_versions SET replaced_at = :replacedAt
  WHERE version_key = (
    SELECT version_key FROM main.message_versions
    WHERE message_key = :messageKey AND replaced_at > :replacedAt AND edited_at IS :editedAt AND content = :content
    ORDER BY version_key LIMIT 1
  ) AND ${isWhole('message_versions')}`
const insertVersion = `
  INSERT INTO message_versions (message_key, content, edited_at, replaced_at)
  VALUES (:messageKey, :content, :editedAt, :replacedAt)`
const deleteVersions = `DELETE FROM message_versions WHERE message_key = ?`

/** Whether what is replaced or taken back is kept in this file. */
export const isHistoryKept = (connection: ReadConnection): boolean =>
  connection.column<number>(selectSetting)[0] === 1

/** From now on, whoever opens the file; what was kept before stays. */
export function keepHistory(connection: Connection, isKept: boolean): void {
  if (isHistoryKept(connection) !== isKept) connection.run(updateSetting, [isKept ? 1 : 0])
}

export function getMessageHistory(
  connection: ReadConnection,
  { messageId, limit = defaultLimit, cursor }: WireParams<'getMessageHistory'>,
): WireResult<'getMessageHistory'> | Packed {
  const start = cursor === undefined ? Number.MAX_SAFE_INTEGER : decodeCursor(cursor).key
  const messageKey = findPlace(connection, messageId)?.key ?? null
  const { rows, last, hasMore } = gatherPage<number, VersionRow>({
    limit,
    find: (previous, count) =>
      connection.column<number>(selectKeys, { messageKey, before: previous ?? start, limit: count }),
    load: (key) => ({ messageId, ...requireVersion(connection, key) }),
    lengthOf: ({ content }) => messageId.length + content.length,
  })
  return answerItemsPage(rows, hasMore && last !== undefined ? encodeCursor({ value: 0, key: last }) : null)
}

function requireVersion(connection: ReadConnection, key: number): Omit<VersionRow, 'messageId'> {
  const version = connection.get<Omit<VersionRow, 'messageId'>>(selectVersion, [key])
  if (version === undefined)
    throw new ConvoDbError('INTERNAL', `The version ${key} is gone from its snapshot`)
  return version
}

/**
 * Those of an export, in its order, once their messages are there; the same ones again change nothing. Where history is kept here, too, a
 * text that the import of its message has just replaced is kept already, with the time of the import: it gets its own.
 *
 * @throws NOT_FOUND
 */
export function importMessageVersions(
  connection: WriteConnection,
  { versions }: WireParams<'importMessageVersions'>,
): number {
  let count = 0
  for (const { ownerId, content, editedAt = null, replacedAt } of versions) {
    const row = { messageKey: requireMessage(connection, ownerId).key, content, editedAt, replacedAt }
    if (connection.get(selectSame, row) !== undefined) continue
    const dated = connection.run(dateBack, row)
    count += dated > 0 ? dated : connection.run(insertVersion, row)
  }
  return count
}

export const deleteVersionsOf = (connection: WriteConnection, messageKey: number): number =>
  connection.run(deleteVersions, [messageKey])
