import type { MessageRows } from '../../protocol/message-rows.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Packed } from '../../protocol/packed.js'
import type { ReadConnection } from '../connection/connection.js'
import { answerRows, type Row } from '../reading/pack-answer.js'
import { messagesToJson } from '../reading/row-json.js'
import { loadRow, messageColumns, unlessLong, type FoundRow } from './message-rows.js'
import { findMessage, isHidden, joinNames } from './messages.js'
import { shownOf, withShown } from './shown-with-messages.js'

type Params = WireParams<'getMessagesByIds'>

// One look-up by id a row, in the order asked: a list in JSON costs half of as many statements.
const selectRowsByIds = `
  SELECT ${unlessLong(`json_array(${messageColumns()})`)}
  FROM json_each(?) AS asked CROSS JOIN messages ON messages.message_id = asked.value ${joinNames}
  ORDER BY asked.key`

export function getMessage(
  connection: ReadConnection,
  { messageId, ...asked }: WireParams<'getMessage'>,
): WireResult<'getMessage'> {
  const message = findMessage(connection, messageId)
  return message && { ...message, ...shownOf(connection, messageId, asked) }
}

const idsPerStep = 500

export const getMessagesByIds = (connection: ReadConnection, params: Params): MessageRows | Packed =>
  answerRows(withShown(connection, rowsByIds(connection, params.messageIds), params))

/** The same as the JSON that callers of HTTP get. */
export const getMessagesByIdsAsJson = (connection: ReadConnection, params: Params): string =>
  messagesToJson(withShown(connection, rowsByIds(connection, params.messageIds), params))

function* rowsByIds(connection: ReadConnection, messageIds: readonly string[]): Generator<Row> {
  for (let start = 0; start < messageIds.length; start += idsPerStep) {
    const ids = messageIds.slice(start, start + idsPerStep)
    const asked = JSON.stringify(ids.filter((id) => !isHidden(connection, id)))
    for (const found of connection.column<FoundRow>(selectRowsByIds, [asked]))
      yield loadRow(connection, found)
  }
}
