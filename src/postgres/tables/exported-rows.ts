import { ConvoDbError } from '../../protocol/errors.js'
import { toLine, type ExportedRow } from '../../protocol/exported-lines.js'
import {
  decodePlace,
  encodePlace,
  firstPlace,
  type MemberPlace,
  type Place,
} from '../../protocol/exported-place.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Session } from '../connection/session.js'
import { gatherPage } from '../reading/paging.js'
import {
  exportSql,
  selectEmbeddings,
  selectLastMessage,
  selectLastSegment,
  selectMembers,
  selectSegment,
  selectSegmentId,
  type PlainKind,
} from './exported-columns.js'

/** Lines that are made at a time, where they are short. */
const linesPerPage = 1_000
/** Members that a line has at most; those of a segment that has more follow in lines of their own. */
const membersPerLine = 1_000

/** The last message and the last segment that are in an export; what came later, while it ran, is not. */
interface ExportEnd {
  readonly lastMessage: number
  readonly lastSegment: number
}

type Scope = ExportEnd & { readonly channelId: string | undefined }

interface Lines {
  readonly lines: readonly string[]
  readonly last: Place | undefined
}

/** Some rows of one kind as lines of NDJSON, in the order in which they came into being; of one channel alone where it is named. */
export async function exportRows(
  session: Session,
  { kind, channelId, upTo, cursor }: WireParams<'exportRows'>,
): Promise<WireResult<'exportRows'>> {
  const end = upTo === undefined ? await findEnd(session) : decodeEnd(upTo)
  const start = cursor === undefined ? firstPlace(kind) : decodePlace(kind, cursor)
  const scope = { ...end, channelId }
  const { lines, last } = await exportLines(session, kind, start, scope)
  return {
    lines: lines.join(''),
    upTo: encodeEnd(end),
    nextCursor: last === undefined ? null : encodePlace(kind, last),
  }
}

function exportLines(
  session: Session,
  kind: WireParams<'exportRows'>['kind'],
  start: Place,
  scope: Scope,
): Promise<Lines> {
  switch (kind) {
    case 'segment':
      return exportSegments(session, start, scope)
    case 'embedding':
      return exportEmbeddings(session, start, scope)
    default:
      return exportPlain(session, kind, start, scope)
  }
}

const channelOf = (session: Session, { channelId }: Scope) =>
  channelId === undefined ? null : session.id(channelId)

type KeyedLine = ExportedRow & { readonly key: number | string }

const lineOf = (kind: string, found: KeyedLine): string => {
  const { key: _, ...row } = found
  return toLine(kind, row)
}

async function exportPlain(session: Session, kind: PlainKind, start: Place, scope: Scope): Promise<Lines> {
  const { sql, takes } = exportSql[kind]
  const channel = channelOf(session, scope)
  const { rows, last } = await gatherPage<KeyedLine>({
    limit: linesPerPage,
    find: (previous, count) =>
      session.all(sql, [previous?.key ?? start.key, count, channel, scope.lastMessage].slice(0, takes)),
    lengthOf: (row) => lineOf(kind, row).length,
  })
  return { lines: rows.map((row) => lineOf(kind, row)), last: last && { key: last.key } }
}

type EmbeddingLine = KeyedLine & {
  readonly key: number
  readonly modelKey: number
  readonly ownerType: string
}

/** Of messages first, then of segments: a place names the owner's key, the model's, and which of the two it is. */
async function exportEmbeddings(session: Session, start: Place, scope: Scope): Promise<Lines> {
  const channel = channelOf(session, scope)
  const isOfSegments = start.member?.key === 1
  const owner = isOfSegments ? 'segment' : 'message'
  const end = isOfSegments ? scope.lastSegment : scope.lastMessage
  const { rows, last } = await gatherPage<EmbeddingLine>({
    limit: linesPerPage,
    find: (previous, count) =>
      session.all(selectEmbeddings[owner], [
        previous?.key ?? start.key,
        count,
        channel,
        previous?.modelKey ?? start.member?.position ?? 0,
        end,
      ]),
    lengthOf: ({ vector }) => (vector instanceof Uint8Array ? 2 * vector.length : 100),
  })
  const lines = rows.map((found) => {
    const { key: _1, modelKey: _2, ...row } = found
    return toLine('embedding', row)
  })
  if (last !== undefined)
    return { lines, last: { key: last.key, member: { position: last.modelKey, key: isOfSegments ? 1 : 0 } } }
  return isOfSegments
    ? { lines, last: undefined }
    : { lines, last: { key: Number.MIN_SAFE_INTEGER, member: { position: 0, key: 1 } } }
}

interface Member extends MemberPlace {
  readonly messageId: string
  readonly contributionScore: number | null
}

/** Lines of segments, each with its members; and the last line's place, unless no other follows. */
async function exportSegments(session: Session, start: Place, scope: Scope): Promise<Lines> {
  const lines: string[] = []
  let place: Place = start
  let length = 0
  while (lines.length < linesPerPage && length <= 8 * 1024 * 1024) {
    const next =
      place.member === undefined
        ? await nextSegment(session, place.key, scope)
        : ((await furtherMembers(session, place, scope)) ?? (await nextSegment(session, place.key, scope)))
    if (next === undefined) return { lines, last: undefined }
    lines.push(next.line)
    length += next.line.length
    place = next.place
  }
  return { lines, last: place }
}

interface Line {
  readonly line: string
  readonly place: Place
}

async function nextSegment(session: Session, after: Place['key'], scope: Scope): Promise<Line | undefined> {
  const found = await session.get<KeyedLine & { key: number; channelId: string }>(selectSegment, [
    Number(after),
    scope.lastSegment,
    channelOf(session, scope),
  ])
  if (found === undefined) return undefined
  const { key, ...row } = found
  const members = await readMembers(session, found.channelId, key, undefined, scope)
  return {
    line: toLine('segment', { ...row, messages: members.map(toMember) }),
    place: placeOf(key, members),
  }
}

async function furtherMembers(
  session: Session,
  { key, member }: Place,
  scope: Scope,
): Promise<Line | undefined> {
  const segment = await session.get<{ segmentId: string; channelId: string }>(selectSegmentId, [Number(key)])
  if (segment === undefined) return undefined
  const members = await readMembers(session, segment.channelId, Number(key), member, scope)
  if (members.length === 0) return undefined
  const line = toLine('members', { segmentId: segment.segmentId, messages: members.map(toMember) })
  return { line, place: placeOf(Number(key), members) }
}

function readMembers(
  session: Session,
  channelId: string,
  segmentKey: number,
  behind: MemberPlace | undefined,
  { lastMessage }: Scope,
): Promise<Member[]> {
  const { position, key } = behind ?? { position: Number.MIN_SAFE_INTEGER, key: 0 }
  return session.all(selectMembers, [
    session.id(channelId),
    segmentKey,
    lastMessage,
    position,
    key,
    membersPerLine,
  ])
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

async function findEnd(session: Session): Promise<ExportEnd> {
  const last = async (sql: string): Promise<number> => (await session.get<{ key: number }>(sql))?.key ?? 0
  const [lastMessage, lastSegment] = await Promise.all([last(selectLastMessage), last(selectLastSegment)])
  return { lastMessage, lastSegment }
}

const encodeEnd = ({ lastMessage, lastSegment }: ExportEnd): string =>
  Buffer.from(`${lastMessage}.${lastSegment}`).toString('base64url')

function decodeEnd(upTo: string): ExportEnd {
  const match = /^(-?\d{1,16})\.(\d{1,16})$/.exec(Buffer.from(upTo, 'base64url').toString('latin1'))
  if (match !== null) return { lastMessage: Number(match[1]), lastSegment: Number(match[2]) }
  throw new ConvoDbError('INVALID_ARGUMENT', "upTo must be the first answer's, unchanged", { field: 'upTo' })
}
