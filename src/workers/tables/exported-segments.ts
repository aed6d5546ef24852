import { maxPageLength } from '../../protocol/limits.js'
import type { ReadConnection } from '../connection/connection.js'
import { exportSql, linesPerPage, type ExportScope } from './exported-columns.js'
import { toLine, type ExportedRow } from '../../protocol/exported-lines.js'
import type { MemberPlace, Place } from '../../protocol/exported-place.js'
import { listMembers, type Member } from './segment-messages.js'

/** Members that a line has at most; those of a segment that has more follow in lines of their own. */
const membersPerLine = 1_000

/** Lines of segments, each with its members; and the last line's place, unless no other follows. */
export function exportSegments(connection: ReadConnection, start: Place, scope: ExportScope) {
  const lines: string[] = []
  let length = 0
  let place: Place = start
  while (lines.length < linesPerPage && length <= maxPageLength) {
    const next = place.member === undefined ? nextSegment(place.key) : furtherMembers(place)
    if (next === undefined) return { lines, last: undefined }
    lines.push(next.line)
    length += next.line.length
    place = next.place
  }
  return { lines, last: place }

  function nextSegment(after: Place['key']) {
    const { find, load } = exportSql.segment
    const [segmentKey] = connection.column<number>(find, { after, ...scope, limit: 1 })
    const row = segmentKey === undefined ? undefined : connection.get<ExportedRow>(load, [segmentKey])
    if (segmentKey === undefined || row === undefined) return undefined
    const members = read(segmentKey, undefined)
    return {
      line: toLine('segment', { ...row, messages: members.map(toMember) }),
      place: placeOf(segmentKey, members),
    }
  }

  function furtherMembers({ key, member }: Place) {
    const segmentKey = Number(key)
    const members = read(segmentKey, member)
    const row = connection.get<ExportedRow>(exportSql.segment.load, [segmentKey])
    // The last line had the last ones; or the segment was deleted meanwhile.
    if (members.length === 0 || row === undefined) return nextSegment(segmentKey)
    const { segmentId } = row
    return {
      line: toLine('members', { segmentId, messages: members.map(toMember) }),
      place: placeOf(segmentKey, members),
    }
  }

  function read(segmentKey: number, behind: MemberPlace | undefined): Member[] {
    return listMembers(connection, segmentKey, behind, {
      limit: membersPerLine,
      lastMessage: scope.lastMessage,
    })
  }
}

const placeOf = (key: number, members: readonly Member[]): Place => ({
  key,
  member: members.length === membersPerLine ? members.at(-1) : undefined,
})

const toMember = ({ messageId, position, contributionScore }: Member): ExportedRow => ({
  messageId,
  position,
  contributionScore,
})
