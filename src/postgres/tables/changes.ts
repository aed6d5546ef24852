import type { ChangePlace } from '../../protocol/change-cursor.js'
import { keptChanges } from '../../protocol/limits.js'
import type { Change, Owners } from '../connection/changes.js'
import type { Session } from '../connection/session.js'

// Held from here to the commit, so that numbers are in the order of the commits, whichever processes they come from.
const lockOrder = `SELECT pg_advisory_xact_lock(7103)`
// A coordinator shows others what was committed a moment before the nodes do. Who commits holds that lock until they have; so whoever has read
// of it, and passes by the lock, finds it on the nodes. In one statement, since a pooler may give the next one another connection.
const passOrder = `SELECT pg_advisory_lock_shared(7103), pg_advisory_unlock_shared(7103)`
// The ends of primary keys.
const selectPlace = `
  SELECT coalesce((SELECT max(last_number) FROM stored_messages), 0) AS "messageKey",
    coalesce((SELECT max(change_id) FROM changes), 0) AS "changeId"`
const insertStored = `
  INSERT INTO stored_messages (last_number, message_keys)
  SELECT (given.value ->> 'last')::bigint, ARRAY (SELECT jsonb_array_elements_text(given.value -> 'keys')::bigint)
  FROM jsonb_array_elements($1::jsonb) AS given (value)`
// The same of messages alone, numbered from wherever the numbers end.
const appendStored = `
  INSERT INTO stored_messages (last_number, message_keys)
  SELECT ends.number + least(given.start + $2::bigint, cardinality($1::bigint[])),
    ($1::bigint[])[given.start + 1 : given.start + $2::bigint]
  FROM (SELECT coalesce(max(last_number), 0) AS number FROM stored_messages) AS ends
  CROSS JOIN generate_series(0, cardinality($1::bigint[]) - 1, $2::bigint) AS given (start)`
const insertChanges = `
  INSERT INTO changes (
    change_id, message_number, kind, message_key, subject_id, channel_id, channel_key, segment_key, user_key
  )
  SELECT given.change_id, given.message_number, given.kind, given.message_key, given.subject_id, given.channel_id,
    given.channel_key, segment_places.segment_key, users.user_key
  FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::bigint[], $8::text[])
    AS given (change_id, message_number, kind, message_key, subject_id, channel_id, channel_key, user_id)
  LEFT JOIN segment_places ON segment_places.segment_id = given.subject_id AND given.kind IN ('segmentStored', 'segmentUpdated')
  LEFT JOIN users ON users.user_id = given.user_id`
const selectChannelKeys = `
  SELECT channel_id AS "channelId", channel_key AS "channelKey" FROM channels WHERE channel_id = ANY ($1::text[])`
const deleteOld = `DELETE FROM changes WHERE change_id <= $1`
// Of a row whose message's id is gone nobody is told; that the user was forgotten follows.
const blankMessages = `
  UPDATE changes SET subject_id = NULL FROM users
  WHERE users.user_id = $1 AND changes.user_key = users.user_key AND changes.kind = 'messageDeleted'`
const changeOwnersSql = `
  UPDATE changes SET user_key = new_owners.user_key FROM unnest($1::text[], $2::text[], $3::text[]) AS given (message_id, before, after)
  JOIN users AS old_owners ON old_owners.user_id = given.before
  JOIN users AS new_owners ON new_owners.user_id = given.after
  WHERE changes.kind = 'messageDeleted' AND changes.subject_id = given.message_id AND changes.user_key = old_owners.user_key`

/** A page of changes reads whole rows. */
const keysPerRow = 1_000

/** What a change is of: the same for all kinds, each of which has some of it. */
interface Subject {
  readonly messageKey: number | null
  readonly subjectId: string | null
  readonly channelId: string | null
  readonly userId: string | null
}

const nothing: Subject = { messageKey: null, subjectId: null, channelId: null, userId: null }

function subjectOf(change: Exclude<Change, { readonly kind: 'messagesStored' }>): Subject {
  switch (change.kind) {
    case 'messageUpdated':
      return { ...nothing, messageKey: change.messageKey }
    case 'messageDeleted':
      return { ...nothing, subjectId: change.messageId, channelId: change.channelId, userId: change.userId }
    case 'channelUpdated':
    case 'channelDeleted':
      return { ...nothing, channelId: change.channelId }
    case 'segmentStored':
    case 'segmentUpdated':
    case 'segmentDeleted':
      return { ...nothing, subjectId: change.segmentId, channelId: change.channelId }
    case 'userForgotten':
      return { ...nothing, subjectId: change.userHash }
    default:
      return { ...nothing, userId: change.userId }
  }
}

export const readLastPlace = async (session: Session): Promise<ChangePlace> =>
  (await session.get<ChangePlace>(selectPlace)) ?? { messageKey: 0, changeId: 0 }

/** To be called between what the catalogue says and what is asked of a cluster's nodes, where what the nodes lack would be taken for gone. */
export async function awaitNodes(session: Session): Promise<void> {
  if (session.isDivided) await session.all(passOrder)
}

/** Where the changes end with a transaction; undefined where it has none. */
interface Recorded {
  readonly place: Promise<ChangePlace | undefined>
}

/** To be called last before the commit, which may be sent when this resolves. */
export async function recordChanges(session: Session): Promise<Recorded> {
  const { all } = session.changes
  if (all.length === 0) return { place: Promise.resolve(undefined) }
  const channelKeys = await findChannelKeys(session, all)
  session.send(lockOrder)
  const keys = keysAlone(all)
  if (keys === undefined) return { place: Promise.resolve(await recordAll(session, all, channelKeys)) }
  const before = readLastPlace(session)
  session.send(appendStored, [keys, keysPerRow])
  const place = before.then(({ messageKey, changeId }) => ({
    messageKey: messageKey + keys.length,
    changeId,
  }))
  place.catch(() => 'whoever waits for what was sent is told')
  return { place }
}

/** The keys of stored messages, where there is nothing else: they need not wait for where the numbers end. */
function keysAlone(changes: readonly Change[]): number[] | undefined {
  const keys: number[] = []
  for (const change of changes) {
    if (change.kind !== 'messagesStored') return undefined
    for (const key of change.messageKeys) keys.push(key)
  }
  return keys
}

async function recordAll(
  session: Session,
  all: readonly Change[],
  channelKeys: ReadonlyMap<string, number>,
): Promise<ChangePlace> {
  let { messageKey: number, changeId } = await readLastPlace(session)
  const stored: { last: number; keys: readonly number[] }[] = []
  const rows: (Subject & { changeId: number; number: number; kind: string })[] = []
  for (const change of all) {
    if (change.kind === 'messagesStored') {
      for (let start = 0; start < change.messageKeys.length; start += keysPerRow) {
        const keys = change.messageKeys.slice(start, start + keysPerRow)
        number += keys.length
        stored.push({ last: number, keys })
      }
    } else {
      changeId += 1
      rows.push({ ...subjectOf(change), changeId, number, kind: change.kind })
    }
  }
  if (stored.length > 0) await session.run(insertStored, [JSON.stringify(stored)])
  if (rows.length > 0) await insertRows(session, rows, channelKeys, changeId)
  return { messageKey: number, changeId }
}

/** Of channels that were changed: what was told of one is not told of another that has its id later. Nobody's commit waits for it. */
async function findChannelKeys(
  session: Session,
  all: readonly Change[],
): Promise<ReadonlyMap<string, number>> {
  const ids = all.flatMap((change) => (change.kind === 'channelUpdated' ? change.channelId : []))
  if (ids.length === 0) return new Map()
  const rows = await session.all<{ channelId: string; channelKey: number }>(selectChannelKeys, [
    session.ids([...new Set(ids)]),
  ])
  return new Map(rows.map(({ channelId, channelKey }) => [channelId, channelKey]))
}

async function insertRows(
  session: Session,
  rows: readonly (Subject & { changeId: number; number: number; kind: string })[],
  channelKeys: ReadonlyMap<string, number>,
  lastId: number,
): Promise<void> {
  const idOf = (id: string | null) => (id === null ? null : session.newId(id))
  await session.run(insertChanges, [
    rows.map(({ changeId }) => changeId),
    rows.map(({ number }) => number),
    rows.map(({ kind }) => kind),
    rows.map(({ messageKey }) => messageKey),
    rows.map(({ subjectId }) => idOf(subjectId)),
    rows.map(({ channelId }) => idOf(channelId)),
    rows.map(({ kind, channelId }) =>
      kind === 'channelUpdated' ? (channelKeys.get(channelId ?? '') ?? null) : null,
    ),
    rows.map(({ userId }) => idOf(userId)),
  ])
  await session.run(deleteOld, [lastId - keptChanges])
}

/** Takes away the ids of a user's messages that were deleted before. */
export async function blankDeletedMessages(session: Session, userId: string): Promise<void> {
  await session.run(blankMessages, [session.id(userId)])
}

/** With a message its id goes to another user, in what is told already: to be called once the users are there. */
export function changeOwners(session: Session, owners: Owners): void {
  const entries = [...owners.entries()]
  session.send(changeOwnersSql, [
    session.ids(entries.map(([messageId]) => messageId)),
    session.ids(entries.map(([, from]) => from)),
    session.ids(entries.map(([, , to]) => to)),
  ])
}
