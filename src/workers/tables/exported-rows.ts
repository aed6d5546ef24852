import { ConvoDbError } from '../../protocol/errors.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { ExportKind } from '../../protocol/transfer-parameters.js'
import type { ReadConnection } from '../connection/connection.js'
import { gatherPage } from '../reading/paging.js'
import { findChannelKey } from './channels.js'
import { exportSql, linesPerPage, selectEnd, type ExportEnd, type ExportScope } from './exported-columns.js'
import { toLine, type ExportedRow } from '../../protocol/exported-lines.js'
import { decodePlace, encodePlace, firstPlace, type Place } from '../../protocol/exported-place.js'
import { exportSegments } from './exported-segments.js'

/**
 * Some rows of one kind as lines of NDJSON, in the order in which they came into being; of one channel alone where it is
 * named. Of each kind every row, one kind after the other, is all there is: an import makes an equal database of it.
 */
export function exportRows(
  connection: ReadConnection,
  { kind, channelId, upTo, cursor }: WireParams<'exportRows'>,
): WireResult<'exportRows'> {
  const end = upTo === undefined ? findEnd(connection) : decodeEnd(upTo)
  const channelKey = channelId === undefined ? null : (findChannelKey(connection, channelId) ?? -1)
  const start = cursor === undefined ? firstPlace(kind) : decodePlace(kind, cursor)
  const scope = { ...end, channelKey }
  const { lines, last } =
    kind === 'segment'
      ? exportSegments(connection, start, scope)
      : exportRowsOf(connection, kind, start, scope)
  return {
    lines: lines.join(''),
    upTo: encodeEnd(end),
    nextCursor: last === undefined ? null : encodePlace(kind, last),
  }
}

function exportRowsOf(
  connection: ReadConnection,
  kind: ExportKind,
  start: Place,
  scope: ExportScope,
): { readonly lines: readonly string[]; readonly last: Place | undefined } {
  const { find, load } = exportSql[kind]
  const { rows, last, hasMore } = gatherPage<Place['key'], string>({
    limit: linesPerPage,
    find: (previous, limit) => connection.column(find, { ...scope, after: previous ?? start.key, limit }),
    load(key) {
      const row = connection.get<ExportedRow>(load, [key])
      if (row === undefined) {
        throw new ConvoDbError('CORRUPT', `What ${kind} ${key} names is not there`, { key })
      }
      return toLine(kind, withUnindexed(connection, kind, key, row))
    },
    lengthOf: (text) => text.length,
  })
  return { lines: rows, last: hasMore && last !== undefined ? { key: last } : undefined }
}

/** The messages that are not indexed yet count, too. */
function withUnindexed(
  connection: ReadConnection,
  kind: ExportKind,
  key: Place['key'],
  row: ExportedRow,
): ExportedRow {
  const isOfUser = kind === 'user' || kind === 'activity'
  if (typeof key !== 'number' || !(isOfUser || kind === 'channel')) return row
  const { unindexed } = connection
  const activity = isOfUser ? unindexed.userActivity(key) : unindexed.channelActivity(key)
  if (activity === undefined) return row
  const { firstSeen, lastActive, messageCount } = row
  return {
    ...row,
    ...(typeof firstSeen === 'number' && { firstSeen: Math.min(firstSeen, activity.earliest) }),
    ...(typeof messageCount === 'number' && { messageCount: messageCount + activity.count }),
    ...(kind !== 'user' && { lastActive: Math.max(Number(lastActive ?? activity.latest), activity.latest) }),
  }
}

function findEnd(connection: ReadConnection): ExportEnd {
  return connection.get<ExportEnd>(selectEnd) ?? { lastMessage: 0, lastSegment: 0 }
}

const encodeEnd = ({ lastMessage, lastSegment }: ExportEnd): string =>
  Buffer.from(`${lastMessage}.${lastSegment}`).toString('base64url')

function decodeEnd(upTo: string): ExportEnd {
  const match = /^(-?\d{1,16})\.(\d{1,16})$/.exec(Buffer.from(upTo, 'base64url').toString('latin1'))
  if (match !== null) return { lastMessage: Number(match[1]), lastSegment: Number(match[2]) }
  throw new ConvoDbError('INVALID_ARGUMENT', "upTo must be the first answer's, unchanged", { field: 'upTo' })
}
