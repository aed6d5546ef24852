import { extraNames, extraKindOf, type ExtraName } from '../../protocol/message-fields.js'
import {
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
function valuesOf(row: Row): MessageRow | MemberRow
function valuesOf(row: Row): unknown {
  return typeof row === 'string' ? JSON.parse(row) : row
}

export const messageToJson = (row: Row): string => `{${fieldsOf(valuesOf(row))}}`

/** Of a listing: with the user where the row has a value for that. */
export function listedToJson(given: Row): string {
  const row = valuesOf(given)
  if (row.length <= valuesBeforeExtras + extraNames.length) return `{${fieldsOf(row)}}`
  return `{${fieldsOf(row)},"user":{"displayName":${JSON.stringify(row.at(-1))}}}`
}

function memberToJson(given: Row): string {
  const row = valuesOf(given)
  const [position, contributionScore = null] = row.slice(valuesBeforeExtras + extraNames.length)
  return `{${fieldsOf(row)},"position":${JSON.stringify(position)},"contributionScore":${JSON.stringify(contributionScore)}}`
}

/** As `messagesToJson`, of a page of what a search has found. */
export const hitsToJson = (rows: readonly HitRow[], nextCursor: string | null): string =>
  `{"items":[${rows.map(hitToJson).join(',')}],"nextCursor":${JSON.stringify(nextCursor)}}`

function hitToJson(row: HitRow): string {
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
  return `${text},${extras.join(',')}`
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
