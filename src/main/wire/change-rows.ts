import { encodeChangeCursor } from '../../protocol/change-cursor.js'
import { extraNames } from '../../protocol/message-fields.js'
import { valuesBeforeExtras, type ChangeRow } from '../../protocol/message-rows.js'
import type { ChangeEvent } from '../../protocol/models.js'
import type { ParseJson } from '../../protocol/read-json.js'
import { rowToMessage } from './row-decoders.js'

/** Where a row says what became of what it tells of, and where that stands. */
const kindAt = valuesBeforeExtras + extraNames.length

/** What a change has beside its kind and its cursor, by its kind; `undefined` is never there. */
const fieldsOf: {
  readonly [Kind in ChangeEvent['kind']]: (row: ChangeRow, parse: ParseJson | undefined) => object
} = {
  messageStored: toMessage,
  messageUpdated: toMessage,
  messageDeleted: ([messageId, channelId]) => ({ channelId, messageId }),
  channelUpdated: ([, channelId]) => ({ channelId }),
  channelDeleted: ([, channelId]) => ({ channelId }),
  segmentStored: toSegment,
  segmentUpdated: toSegment,
  segmentDeleted: toSegment,
  userUpdated: toUser,
  userDeleted: toUser,
  profileUpdated: toUser,
  userForgotten: ([userHash]) => ({ userHash }),
}

function toMessage(row: ChangeRow, parse: ParseJson | undefined): object {
  const [messageId, channelId, userId, content, timestamp, ...rest] = row
  const message = rowToMessage(
    [String(messageId), String(channelId), String(userId), String(content), Number(timestamp), ...rest],
    parse,
  )
  return { channelId, messageId, message }
}

function toSegment([segmentId, channelId]: ChangeRow): object {
  return { channelId, segmentId }
}

function toUser([userId]: ChangeRow): object {
  return { userId }
}

const isKind = (kind: unknown): kind is ChangeEvent['kind'] =>
  typeof kind === 'string' && Object.hasOwn(fieldsOf, kind)

export function rowToChange(row: ChangeRow, parse?: ParseJson): ChangeEvent
export function rowToChange(row: ChangeRow, parse?: ParseJson): object {
  const kind = row[kindAt]
  if (!isKind(kind)) throw new TypeError(`'${String(kind)}' is no kind of change`)
  const place = { messageKey: Number(row[kindAt + 1]), changeId: Number(row[kindAt + 2]) }
  return { kind, cursor: encodeChangeCursor(place), ...fieldsOf[kind](row, parse) }
}
