import type { ShownName } from '../../protocol/listing-parameters.js'
import type { ShownFields } from '../../protocol/message-rows.js'
import type { MessageUser } from '../../protocol/models.js'
import type { ReadConnection } from '../connection/connection.js'
import type { Row } from '../reading/pack-answer.js'
import { countReactions } from './message-reactions.js'
import { messageIdOf } from './message-rows.js'

// Seeks the unique index of message_id, and the user by their key.
const selectUser = `
  SELECT users.display_name AS displayName
  FROM main.messages CROSS JOIN users ON users.user_key = messages.user_key WHERE messages.message_id = ?`

const findUser = (connection: ReadConnection, messageId: string): MessageUser =>
  connection.get<MessageUser>(selectUser, [messageId]) ?? { displayName: null }

/** A call's part that says what comes with each message. */
export interface Asked {
  readonly with?: readonly ShownName[] | undefined
}

/** What comes with one message; undefined where nothing was asked for. */
export function shownOf(
  connection: ReadConnection,
  messageId: string,
  { with: names = [] }: Asked,
): ShownFields | undefined {
  if (names.length === 0) return undefined
  return {
    ...(names.includes('user') && { user: findUser(connection, messageId) }),
    ...(names.includes('reactions') && { reactions: countReactions(connection, messageId) }),
  }
}

/** The rows with what was asked for behind all else; rows that are messages as JSON have it among their fields. */
export const withShown = (connection: ReadConnection, rows: Iterable<Row>, asked: Asked): Iterable<Row> =>
  asked.with === undefined ? rows : appendShown(connection, rows, asked)

function* appendShown(connection: ReadConnection, rows: Iterable<Row>, asked: Asked): Generator<Row> {
  for (const row of rows) {
    const shown = shownOf(connection, idOf(row), asked)
    yield shown === undefined ? row : append(row, shown)
  }
}

const idOf = (row: Row): string => (typeof row === 'string' ? messageIdOf(row) : String(row[0]))

function append(row: Row, shown: ShownFields): Row
function append(row: Row, shown: ShownFields): unknown {
  if (typeof row !== 'string') return [...row, shown]
  const text = JSON.stringify(shown)
  return row.startsWith('{') ? `${row.slice(0, -1)},${text.slice(1)}` : `${row.slice(0, -1)},${text}]`
}
