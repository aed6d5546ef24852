import { decodeChangeCursor, encodeChangeCursor, type ChangePlace } from '../../protocol/change-cursor.js'
import { ConvoDbError } from '../../protocol/errors.js'
import { defaultLimit, keptChanges, maxLimit, maxPageLength } from '../../protocol/limits.js'
import { extraNames } from '../../protocol/message-fields.js'
import { valuesBeforeExtras } from '../../protocol/message-rows.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Packed } from '../../protocol/packed.js'
import type { ReadConnection } from '../connection/connection.js'
import { risingKey } from '../connection/rising-keys.js'
import { changesToJson } from '../reading/change-json.js'
import { answerPage, type Row } from '../reading/pack-answer.js'
import { listChangesBehind, readFirstChangeId, readLastPlace, type ChangeRecord } from './changes.js'
import { findChannelId, findChannelKey } from './channels.js'
import { findSegmentIds } from './conversation-segments.js'
import {
  findChangedMessage,
  lengthOfRow,
  listStoredMessages,
  loadRow,
  type FoundRow,
} from './message-rows.js'
import { findUserId } from './user-keys.js'

/** So many are read at a time, lest a long page of long rows is read whole before it is cut. */
const rowsPerStep = 256
/** Changes that one page looks at, of a channel or not, so that a channel in which little happens keeps no thread for long. */
const maxLookedAt = maxLimit

/** One step along the stream: where it leads, and what is told there, if anything is. */
interface Step {
  readonly place: ChangePlace
  readonly row: Row | undefined
}

/** Whose changes are asked for. */
interface Scope {
  readonly channelId: string | undefined
  /** Null: of all channels. */
  readonly channelKey: number | null
}

export function listChanges(
  connection: ReadConnection,
  params: WireParams<'listChanges'>,
): WireResult<'listChanges'> | Packed {
  const { rows, nextCursor, hasMore } = readPage(connection, params)
  return answerPage(rows, { nextCursor, hasMore })
}

/** The same as the JSON that callers of HTTP get. */
export function listChangesAsJson(connection: ReadConnection, params: WireParams<'listChanges'>): string {
  const { rows, nextCursor, hasMore } = readPage(connection, params)
  return `{"items":${changesToJson(rows)},"nextCursor":${JSON.stringify(nextCursor)},"hasMore":${hasMore}}`
}

/** Messages in the order of their keys and all other changes in the order of their ids, merged: the order of the commits. */
function readPage(
  connection: ReadConnection,
  { after, channelId, limit = defaultLimit }: WireParams<'listChanges'>,
) {
  const end = readLastPlace(connection)
  if (after === undefined) return { rows: [], nextCursor: encodeChangeCursor(end), hasMore: false }
  const start = decode(after)
  assertKept(connection, start, end)
  assertMayFollow(connection, channelId)
  const channelKey = channelId === undefined ? null : (findChannelKey(connection, channelId) ?? -1)
  const rows: Row[] = []
  let [place, length, lookedAt] = [start, 0, 0]
  for (const step of steps(connection, start, end, { channelId, channelKey })) {
    place = step.place
    lookedAt += 1
    if (step.row !== undefined) {
      rows.push(step.row)
      length += lengthOfRow(step.row)
    }
    if (rows.length === limit || length > maxPageLength || lookedAt === maxLookedAt) break
  }
  const hasMore = place.messageKey < end.messageKey || place.changeId < end.changeId
  return { rows, nextCursor: encodeChangeCursor(place), hasMore }
}

/** @throws FORBIDDEN, the same for every channel */
function assertMayFollow({ scope }: ReadConnection, channelId: string | undefined): void {
  if (channelId !== undefined) return scope.assertHas(channelId)
  if (scope.isHeld) throw new ConvoDbError('FORBIDDEN', 'This is held to certain channels, and names none')
}

/** @throws INVALID_ARGUMENT */
function decode(after: string): ChangePlace {
  const place = decodeChangeCursor(after)
  if (place !== undefined) return place
  throw new ConvoDbError('INVALID_ARGUMENT', "after must be a change's cursor, unchanged", { field: 'after' })
}

/** @throws CURSOR_TOO_OLD */
function assertKept(
  connection: ReadConnection,
  { messageKey, changeId }: ChangePlace,
  end: ChangePlace,
): void {
  if (messageKey > end.messageKey || changeId > end.changeId) {
    throw tooOld('The cursor is of another database, or of a state that a restored backup does not have')
  }
  if (changeId + 1 < readFirstChangeId(connection)) {
    throw tooOld(`More than ${keptChanges} changes came behind the cursor, and no more are kept`)
  }
}

const tooOld = (reason: string): ConvoDbError =>
  new ConvoDbError(
    'CURSOR_TOO_OLD',
    `${reason}; subscribe from now (without after), then read anew what you keep a copy of`,
    { keptChanges },
  )

function* steps(
  connection: ReadConnection,
  start: ChangePlace,
  end: ChangePlace,
  scope: Scope,
): Generator<Step> {
  let place = start
  for (const change of changesBehind(connection, start.changeId)) {
    yield* storedMessages(connection, place, change.messageKey, scope)
    const messageKey = Math.max(place.messageKey, change.messageKey)
    place = { messageKey, changeId: change.changeId }
    yield { place, row: rowOf(connection, change, place, scope) }
  }
  yield* storedMessages(connection, place, end.messageKey, scope)
}

function* changesBehind(connection: ReadConnection, changeId: number): Generator<ChangeRecord> {
  let last = changeId
  for (;;) {
    const changes = listChangesBehind(connection, last, rowsPerStep)
    yield* changes
    if (changes.length < rowsPerStep) return
    last = risingKey('changes', last, changes.at(-1)?.changeId ?? last)
  }
}

/** The messages that were stored between a place and a key, and a last step to that key itself. */
function* storedMessages(
  connection: ReadConnection,
  { messageKey, changeId }: ChangePlace,
  upTo: number,
  { channelKey }: Scope,
): Generator<Step> {
  let after = messageKey
  while (after < upTo) {
    const found = listStoredMessages(connection, { channelKey, changeId, after, upTo, limit: rowsPerStep })
    for (const { key, row } of found) {
      const place = { messageKey: key, changeId }
      yield { place, row: row === null ? undefined : load(connection, row, 'messageStored', place) }
    }
    after = found.length < rowsPerStep ? upTo : risingKey('messages', after, found.at(-1)?.key ?? upTo)
  }
  if (messageKey < upTo) yield { place: { messageKey: upTo, changeId }, row: undefined }
}

function load(connection: ReadConnection, found: FoundRow, kind: string, place: ChangePlace): Row {
  const row = loadRow(connection, found)
  if (typeof row === 'string') return row
  const [messageId, channelId, userId, content, timestamp, ...extras] = row
  return [messageId, channelId, userId, content, timestamp, ...extras, kind, place.messageKey, place.changeId]
}

/** Of what is gone by now nothing is told: its deletion follows. */
function rowOf(
  connection: ReadConnection,
  change: ChangeRecord,
  place: ChangePlace,
  { channelId, channelKey }: Scope,
): Row | undefined {
  const { kind } = change
  if (kind === 'messageUpdated') {
    const key = change.subjectKey ?? 0
    const found = findChangedMessage(connection, { channelKey, ...place, key })?.row ?? undefined
    return found === undefined ? undefined : load(connection, found, kind, place)
  }
  const ids = idsOf(connection, change)
  const isAskedFor = channelId === undefined || ids?.channelId === channelId
  if (ids === undefined || !isAskedFor) return undefined
  return JSON.stringify([ids.subjectId, ids.channelId, ...noMessage, kind, place.messageKey, place.changeId])
}

/** In the places of a message's other values. */
const noMessage: readonly null[] = Array.from(
  { length: valuesBeforeExtras - 2 + extraNames.length },
  () => null,
)

interface Ids {
  readonly subjectId: string | null
  readonly channelId: string | null
}

function idsOf(
  connection: ReadConnection,
  { kind, subjectKey, subjectId, channelId }: ChangeRecord,
): Ids | undefined {
  if (subjectKey === null) {
    const isBlanked = subjectId === null && kind !== 'channelDeleted'
    return isBlanked ? undefined : { subjectId, channelId }
  }
  switch (kind) {
    case 'channelUpdated': {
      const id = findChannelId(connection, subjectKey)
      return id === undefined ? undefined : { subjectId: null, channelId: id }
    }
    case 'segmentStored':
    case 'segmentUpdated': {
      const ids = findSegmentIds(connection, subjectKey)
      return ids && { subjectId: ids.segmentId, channelId: ids.channelId }
    }
    default: {
      const userId = findUserId(connection, subjectKey)
      return userId === undefined ? undefined : { subjectId: userId, channelId: null }
    }
  }
}
