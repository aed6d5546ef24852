import { extraNames, extraKindOf, type ExtraName } from '../../protocol/message-fields.js'
import {
  shownOfRow,
  valuesBeforeExtras,
  type HitRow,
  type MemberRow,
  type MessageRow,
} from '../../protocol/message-rows.js'
import { readJson } from '../../protocol/read-json.js'
import type { Row } from './pack-answer.js'

/** A list of messages as JSON. @throws CORRUPT when the metadata of one are no JSON */
export const messagesToJson = (rows: Iterable<Row>): string =>
  `[${Array.from(rows, messageToJson).join(',')}]`

/** As `messagesToJson`, of a segment's members. */
export const membersToJson = (rows: Iterable<Row>): string => `[${Array.from(rows, memberToJson).join(',')}]`

/** Of a message, or of a change that tells of one. */
function valuesOf(row: Row): MessageRow | MemberRow | HitRow
function valuesOf(row: Row): unknown {
  return typeof row === 'string' ? JSON.parse(row) : row
}

export const messageToJson = (row: Row): string => `{${fieldsOf(valuesOf(row))}}`

function memberToJson(given: Row): string {
  const row = valuesOf(given)
  const [position, contributionScore = null] = row.slice(valuesBeforeExtras + extraNames.length)
  return `{${fieldsOf(row)},"position":${JSON.stringify(position)},"contributionScore":${JSON.stringify(contributionScore)}}`
}

/** As `messagesToJson`, of a page of what a search has found. */
export const hitsToJson = (rows: Iterable<Row>, nextCursor: string | null): string =>
  `{"items":[${Array.from(rows, hitToJson).join(',')}],"nextCursor":${JSON.stringify(nextCursor)}}`

function hitToJson(given: Row): string {
  const row = valuesOf(given)
  const [score, marks = null, snippet = null] = row.slice(valuesBeforeExtras + extraNames.length)
  return `{${fieldsOf(row)},"score":${String(score)},"marks":${String(marks)},"snippet":${String(snippet)}}`
}

function fieldsOf(row: MessageRow | MemberRow | HitRow): string {
  const [messageId, channelId, userId, content, timestamp] = row
  const text =
    `"messageId":${JSON.stringify(messageId)},"channelId":${JSON.stringify(channelId)},"userId":${JSON.stringify(userId)},` +
    `"content":${JSON.stringify(content)},"timestamp":"${new Date(timestamp).toISOString()}"`
  const extras = extraNames.map((name, index) =>
    extraToJson(name, row[valuesBeforeExtras + index], messageId),
  )
  const shown = shownOfRow(row)
  return `${text},${extras.join(',')}${shown === undefined ? '' : `,${JSON.stringify(shown).slice(1, -1)}`}`
}

function extraToJson(name: ExtraName, value: string | number | null | undefined, messageId: string): string {
  if (value === null || value === undefined) return `"${name}":null`
  switch (extraKindOf(name)) {
    case 'time':
      return `"${name}":"${new Date(Number(value)).toISOString()}"`
    case 'json':
      readJson(String(value), name, { messageId }, JSON.parse)
      return `"${name}":${String(value)}`
    case 'text':
      return `"${name}":${JSON.stringify(value)}`
  }
}
