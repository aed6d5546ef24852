import { decodeCursor, encodeCursor } from '../../protocol/cursors.js'
import { defaultLimit } from '../../protocol/limits.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Session } from '../connection/session.js'
import { gatherPage } from '../reading/paging.js'
import { findPlace, requirePlace } from './message-places.js'
import type { CurrentMessage, KeyedMessage } from './message-values.js'

type VersionRow = WireResult<'getMessageHistory'>['items'][number]

const selectSetting = `SELECT is_kept AS "isKept" FROM history_setting WHERE id = 1`
const updateSetting = `UPDATE history_setting SET is_kept = $1 WHERE id = 1`
const insertVersions = `
  INSERT INTO message_versions (channel_id, message_key, content, edited_at, replaced_at)
  SELECT channel_id, message_key, content, edited_at, $5::bigint
  FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[]) AS given (channel_id, message_key, content, edited_at)`
const insertVersion = `
  INSERT INTO message_versions (channel_id, message_key, content, edited_at, replaced_at) VALUES ($1, $2, $3, $4, $5)`
const selectSame = `
  SELECT 1 FROM message_versions
  WHERE channel_id = $1 AND message_key = $2 AND content = $3 AND edited_at IS NOT DISTINCT FROM $4 AND replaced_at = $5`
const dateBack = `
  UPDATE message_versions SET replaced_at = $5
  WHERE channel_id = $1 AND message_key = $2 AND version_key = (
    SELECT min(version_key) FROM message_versions
    WHERE channel_id = $1 AND message_key = $2 AND content = $3 AND edited_at IS NOT DISTINCT FROM $4 AND replaced_at > $5
  )`
// Seeks the primary key (message_key, version_key, channel_id).
const selectPage = `
  SELECT version_key AS "versionKey", content, edited_at AS "editedAt", replaced_at AS "replacedAt" FROM message_versions
  WHERE message_key = $1 AND channel_id = $2 AND version_key < $3 ORDER BY version_key DESC LIMIT $4`
const deleteVersions = `DELETE FROM message_versions WHERE message_key = $1 AND channel_id = $2`

/** Whether what is replaced or taken back is kept in this database. */
export async function isHistoryKept(session: Session): Promise<boolean> {
  return (await session.get<{ isKept: boolean }>(selectSetting))?.isKept === true
}

export async function keepHistory(session: Session, isKept: boolean): Promise<void> {
  await session.run(updateSetting, [isKept])
}

/** To be called before messages get other texts. */
export async function keepVersions(
  session: Session,
  updates: readonly (KeyedMessage & { readonly before: CurrentMessage })[],
): Promise<void> {
  const changed = updates.filter(({ message, before }) => message.content !== before.content)
  if (changed.length === 0 || !(await isHistoryKept(session))) return
  await session.run(insertVersions, [
    session.ids(changed.map(({ before }) => before.channelId)),
    changed.map(({ messageKey }) => messageKey),
    changed.map(({ before }) => before.content),
    changed.map(({ before }) => before.editedAt),
    Date.now(),
  ])
}

export async function getMessageHistory(
  session: Session,
  { messageId, limit = defaultLimit, cursor }: WireParams<'getMessageHistory'>,
): Promise<WireResult<'getMessageHistory'>> {
  const start = cursor === undefined ? Number.MAX_SAFE_INTEGER : decodeCursor(cursor).key
  const place = await findPlace(session, messageId)
  if (place === undefined) return { items: [], nextCursor: null }
  const of = [place.messageKey, session.id(place.channelId)] as const
  const { rows, last } = await gatherPage<Omit<VersionRow, 'messageId'> & { versionKey: number }>({
    limit,
    find: (previous, count) => session.all(selectPage, [...of, previous?.versionKey ?? start, count]),
    lengthOf: ({ content }) => messageId.length + content.length,
  })
  return {
    items: rows.map((found) => {
      const { versionKey: _, ...row } = found
      return { messageId, ...row }
    }),
    nextCursor: last === undefined ? null : encodeCursor({ value: 0, key: last.versionKey }),
  }
}

/**
 * Those of an export, in its order, once their messages are there; the same ones again change nothing. Where history is kept here, too, a
 * text that the import of its message has just replaced is kept already, with the time of the import: it gets its own.
 *
 * @throws NOT_FOUND
 */
export async function importMessageVersions(
  session: Session,
  { versions }: WireParams<'importMessageVersions'>,
): Promise<number> {
  let count = 0
  for (const { ownerId, content, editedAt = null, replacedAt } of versions) {
    const { channelId, messageKey } = await requirePlace(session, ownerId)
    const values = [session.id(channelId), messageKey, content, editedAt, replacedAt]
    if ((await session.get(selectSame, values)) !== undefined) continue
    const dated = await session.run(dateBack, values)
    count += dated > 0 ? dated : await session.run(insertVersion, values)
  }
  return count
}

export const deleteVersionsOf = (session: Session, messageKey: number, channelId: string): Promise<number> =>
  session.run(deleteVersions, [messageKey, session.id(channelId)])
