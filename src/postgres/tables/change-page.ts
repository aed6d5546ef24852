import { decodeChangeCursor, encodeChangeCursor, type ChangePlace } from '../../protocol/change-cursor.js'
import { ConvoDbError } from '../../protocol/errors.js'
import { defaultLimit, keptChanges, maxLimit, maxPageLength } from '../../protocol/limits.js'
import { extraNames } from '../../protocol/message-fields.js'
import { valuesBeforeExtras } from '../../protocol/message-rows.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Session } from '../connection/session.js'
import { keyOf, lengthOf, rowColumns, rowOf, type KeyedRow } from '../reading/message-rows.js'
import { awaitNodes, readLastPlace } from './changes.js'

// Ranges of primary keys.
const selectFirst = `SELECT min(change_id) AS "changeId" FROM changes`
const selectChanges = `
  SELECT changes.change_id AS "changeId", changes.message_number AS "messageNumber", changes.kind,
    changes.message_key AS "messageKey", changes.subject_id AS "subjectId", changes.channel_id AS "channelId", users.user_id AS "userId",
    changes.channel_key AS "channelKey",
    EXISTS (SELECT 1 FROM segment_places WHERE segment_places.segment_id = changes.subject_id AND segment_places.segment_key = changes.segment_key) AS "hasSegment"
  FROM changes LEFT JOIN users ON users.user_key = changes.user_key
  WHERE changes.change_id > $1 ORDER BY changes.change_id LIMIT $2`
const selectStored = `
  SELECT last_number AS "lastNumber", message_keys AS "messageKeys" FROM stored_messages
  WHERE last_number > $1 ORDER BY last_number LIMIT $2`
const selectChannels = `
  SELECT channel_key AS "channelKey" FROM channels WHERE channel_key = ANY ($1::bigint[]) AND channel_id = ANY ($2::text[])`
const ofKeys = `SELECT ${rowColumns} FROM messages WHERE messages.message_key = ANY ($1::bigint[])`
const selectRows = `/* all nodes */ ${ofKeys}`
const selectRowsOfChannel = `${ofKeys} AND messages.channel_id = $2`

const changesPerStep = 256
/** Changes that one page looks at, of a channel or not, so that a channel in which little happens keeps no connection for long. */
const maxLookedAt = maxLimit

interface ChangeRecord {
  readonly changeId: number
  readonly messageNumber: number
  readonly kind: string
  readonly messageKey: number | null
  readonly subjectId: string | null
  readonly channelId: string | null
  readonly userId: string | null
  readonly channelKey: number | null
  readonly hasSegment: boolean
}

type KnownChange = ChangeRecord & { readonly hasChannel: boolean }

/** One step along the stream: where it leads, and what is told there, if anything is. */
interface Step {
  readonly place: ChangePlace
  readonly row: readonly unknown[] | undefined
  readonly length: number
}

export async function listChanges(
  session: Session,
  { after, channelId, limit = defaultLimit }: WireParams<'listChanges'>,
): Promise<WireResult<'listChanges'>> {
  const end = await readLastPlace(session)
  if (after === undefined) return { items: [], nextCursor: encodeChangeCursor(end), hasMore: false }
  const start = decodeChangeCursor(after)
  if (start === undefined)
    throw new ConvoDbError('INVALID_ARGUMENT', "after must be a change's cursor, unchanged", {
      field: 'after',
    })
  await assertKept(session, start, end)
  await awaitNodes(session)
  if (channelId !== undefined) session.scope.assertHas(channelId)
  else if (session.scope.isHeld)
    throw new ConvoDbError('FORBIDDEN', 'This is held to certain channels, and names none')
  const rows: (readonly unknown[])[] = []
  let [place, length, lookedAt] = [start, 0, 0]
  for await (const step of steps(session, start, end, channelId)) {
    place = step.place
    lookedAt += 1
    if (step.row !== undefined) {
      rows.push(step.row)
      length += step.length
    }
    if (rows.length === limit || length > maxPageLength || lookedAt === maxLookedAt) break
  }
  const hasMore = place.messageKey < end.messageKey || place.changeId < end.changeId
  return { items: rows, nextCursor: encodeChangeCursor(place), hasMore }
}

/** @throws CURSOR_TOO_OLD */
async function assertKept(session: Session, start: ChangePlace, end: ChangePlace): Promise<void> {
  if (start.messageKey > end.messageKey || start.changeId > end.changeId)
    throw tooOld('The cursor is of another database, or of a state that a restored backup does not have')
  const first = (await session.get<{ changeId: number | null }>(selectFirst))?.changeId ?? 0
  if (start.changeId + 1 < first)
    throw tooOld(`More than ${keptChanges} changes came behind the cursor, and no more are kept`)
}

const tooOld = (reason: string): ConvoDbError =>
  new ConvoDbError(
    'CURSOR_TOO_OLD',
    `${reason}; subscribe from now (without after), then read anew what you keep a copy of`,
    { keptChanges },
  )

async function* steps(
  session: Session,
  start: ChangePlace,
  end: ChangePlace,
  channelId: string | undefined,
): AsyncGenerator<Step> {
  let place = start
  for (;;) {
    const changes = await session.all<ChangeRecord>(selectChanges, [place.changeId, changesPerStep])
    const updated = await findRows(
      session,
      changes.flatMap(({ messageKey }) => messageKey ?? []),
      channelId,
    )
    const channels = await findChannels(session, changes)
    for (const change of changes) {
      yield* storedMessages(session, place, change.messageNumber, channelId)
      place = { messageKey: Math.max(place.messageKey, change.messageNumber), changeId: change.changeId }
      const hasChannel = channels.has(change.channelKey ?? -1)
      yield stepOf({ ...change, hasChannel }, place, updated.get(change.messageKey ?? -1), channelId)
    }
    if (changes.length < changesPerStep) break
  }
  yield* storedMessages(session, place, end.messageKey, channelId)
}

/** The keys of the channels that were changed and are still there. */
async function findChannels(session: Session, changes: readonly ChangeRecord[]): Promise<Set<number>> {
  const keys = changes.flatMap(({ channelKey }) => channelKey ?? [])
  if (keys.length === 0) return new Set()
  const ids = changes.flatMap(({ channelKey, channelId }) => (channelKey === null ? [] : (channelId ?? [])))
  const rows = await session.all<{ channelKey: number }>(selectChannels, [
    keys,
    session.ids([...new Set(ids)]),
  ])
  return new Set(rows.map(({ channelKey }) => channelKey))
}

async function findRows(
  session: Session,
  messageKeys: readonly number[],
  channelId: string | undefined,
): Promise<Map<number, KeyedRow>> {
  if (messageKeys.length === 0) return new Map()
  const rows = await (channelId === undefined
    ? session.lists<KeyedRow>(selectRows, [messageKeys])
    : session.lists<KeyedRow>(selectRowsOfChannel, [messageKeys, session.id(channelId)]))
  return new Map(rows.map((row) => [keyOf(row), row]))
}

/** The messages that were stored between a place and a number, and a last step to that number itself. */
async function* storedMessages(
  session: Session,
  { messageKey: from, changeId }: ChangePlace,
  upTo: number,
  channelId: string | undefined,
): AsyncGenerator<Step> {
  let number = from
  while (number < upTo) {
    const batches = await session.all<{ lastNumber: number; messageKeys: string }>(selectStored, [number, 1])
    const [batch] = batches
    if (batch === undefined) break
    const keys = keysOf(batch.messageKeys)
    const first = batch.lastNumber - keys.length + 1
    const rows = await findRows(session, keys, channelId)
    for (const [index, key] of keys.entries()) {
      if (first + index <= number || first + index > upTo) continue
      number = first + index
      yield messageStep(rows.get(key), 'messageStored', { messageKey: number, changeId }, channelId)
    }
    number = Math.max(number, Math.min(batch.lastNumber, upTo))
  }
  if (from < upTo) yield { place: { messageKey: upTo, changeId }, row: undefined, length: 0 }
}

/** A driver gives lists of whole numbers as texts or as what it makes of them. */
const keysOf = (keys: string | readonly unknown[]): number[] =>
  (typeof keys === 'string' ? keys.slice(1, -1).split(',') : [...keys]).map(Number)

/** Of what is gone by now nothing is told: its deletion follows. */
function messageStep(
  row: KeyedRow | undefined,
  kind: string,
  place: ChangePlace,
  channelId: string | undefined,
): Step {
  if (row === undefined || (channelId !== undefined && row[1] !== channelId))
    return { place, row: undefined, length: 0 }
  return {
    place,
    row: [...rowOf(row), kind, place.messageKey, place.changeId],
    length: lengthOf(row),
  }
}

/** In the places of a message's other values. */
const noMessage: readonly null[] = Array.from(
  { length: valuesBeforeExtras - 2 + extraNames.length },
  () => null,
)

function stepOf(
  change: KnownChange,
  place: ChangePlace,
  row: KeyedRow | undefined,
  channelId: string | undefined,
): Step {
  if (change.kind === 'messageUpdated') return messageStep(row, change.kind, place, channelId)
  const ids = idsOf(change)
  if (ids === undefined || (channelId !== undefined && ids.channelId !== channelId))
    return { place, row: undefined, length: 0 }
  const values = [ids.subjectId, ids.channelId, ...noMessage, change.kind, place.messageKey, place.changeId]
  return { place, row: values, length: 200 }
}

interface Ids {
  readonly subjectId: string | null
  readonly channelId: string | null
}

function idsOf({ kind, subjectId, channelId, userId, hasChannel, hasSegment }: KnownChange): Ids | undefined {
  switch (kind) {
    case 'channelUpdated':
      return hasChannel ? { subjectId: null, channelId } : undefined
    case 'channelDeleted':
      return { subjectId: null, channelId }
    case 'segmentStored':
    case 'segmentUpdated':
      return hasSegment ? { subjectId, channelId } : undefined
    case 'messageDeleted':
    case 'segmentDeleted':
    case 'userForgotten':
      return subjectId === null ? undefined : { subjectId, channelId }
    default:
      return userId === null ? undefined : { subjectId: userId, channelId: null }
  }
}
