import { encodeChangeCursor } from '../../protocol/change-cursor.js'
import { extraNames } from '../../protocol/message-fields.js'
import { valuesBeforeExtras, type ChangeRow } from '../../protocol/message-rows.js'
import type { ChangeEvent } from '../../protocol/models.js'
import type { Row } from './pack-answer.js'
import { messageToJson } from './row-json.js'

/** Where a row says what became of what it tells of, and where that stands. */
const kindAt = valuesBeforeExtras + extraNames.length

const field = (name: string, value: unknown): string => `"${name}":${JSON.stringify(value)}`

/** What a change has beside its kind and its cursor, as JSON. */
const fieldsOf: { readonly [Kind in ChangeEvent['kind']]: (row: ChangeRow, text: Row) => string } = {
  messageStored: toMessage,
  messageUpdated: toMessage,
  messageDeleted: ([messageId, channelId]) =>
    `${field('channelId', channelId)},${field('messageId', messageId)}`,
  channelUpdated: ([, channelId]) => field('channelId', channelId),
  channelDeleted: ([, channelId]) => field('channelId', channelId),
  segmentStored: toSegment,
  segmentUpdated: toSegment,
  segmentDeleted: toSegment,
  userUpdated: ([userId]) => field('userId', userId),
  userDeleted: ([userId]) => field('userId', userId),
  profileUpdated: ([userId]) => field('userId', userId),
  userForgotten: ([userHash]) => field('userHash', userHash),
}

function toMessage([messageId, channelId]: ChangeRow, row: Row): string {
  return `${field('channelId', channelId)},${field('messageId', messageId)},"message":${messageToJson(row)}`
}

function toSegment([segmentId, channelId]: ChangeRow): string {
  return `${field('channelId', channelId)},${field('segmentId', segmentId)}`
}

const isKind = (kind: unknown): kind is ChangeEvent['kind'] =>
  typeof kind === 'string' && Object.hasOwn(fieldsOf, kind)

/** A page of changes as JSON. @throws CORRUPT when the metadata of a message are no JSON */
export const changesToJson = (rows: readonly Row[]): string => `[${rows.map(changeToJson).join(',')}]`

function changeToJson(given: Row): string {
  const row: ChangeRow = typeof given === 'string' ? JSON.parse(given) : [...given]
  const kind = row[kindAt]
  if (!isKind(kind)) throw new TypeError(`'${String(kind)}' is no kind of change`)
  const place = { messageKey: Number(row[kindAt + 1]), changeId: Number(row[kindAt + 2]) }
  return `{${field('kind', kind)},${field('cursor', encodeChangeCursor(place))},${fieldsOf[kind](row, given)}}`
}
