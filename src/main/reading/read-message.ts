import type { WireParams } from '../../protocol/operations.js'
import { readChoice, readId, readJson, readText, readTime } from './kinds.js'
import { itemWeight } from '../../protocol/packed.js'
import type { JsonWriter } from './json-writer.js'
import type { Reader, Reading } from './kinds.js'
import { refuseUnknown, toObject } from './reader-of.js'

type WireMessage = WireParams<'storeMessage'>

/** A message as it was read; its metadata may have to be finished. */
export type ReadMessage = Omit<WireMessage, 'metadata'> & {
  readonly metadata?: string | JsonWriter | null | undefined
}

const messageFields: ReadonlySet<string> = new Set([
  'messageId',
  'channelId',
  'userId',
  'content',
  'timestamp',
  'messageType',
  'replyToMessageId',
  'editedAt',
  'metadata',
])
const storeFields: ReadonlySet<string> = new Set([...messageFields, 'onConflict'])

const readOnConflict = readChoice(['update', 'ignore', 'error'])

const required = <Value>(given: unknown, field: string, read: Reader<Value>, reading: Reading): Value => {
  reading.field = field
  return given === undefined ? reading.refuse('is missing') : read(given, reading)
}

const optional = <Value>(
  given: unknown,
  field: string,
  read: Reader<Value>,
  reading: Reading,
): Value | undefined => {
  if (given === undefined) return undefined
  reading.field = field
  return read(given, reading)
}

const nullable = <Value>(given: unknown, field: string, read: Reader<Value>, reading: Reading) =>
  given === null ? null : optional(given, field, read, reading)

/** What `addMessages` takes many of, field by field: by far the most frequent of all that is read. */
export function readMessage(given: unknown, reading: Reading, known = messageFields): ReadMessage {
  const message = toObject(given, reading)
  refuseUnknown(message, known, reading)
  reading.weight += itemWeight
  return {
    messageId: required(message['messageId'], 'messageId', readId, reading),
    channelId: required(message['channelId'], 'channelId', readId, reading),
    userId: required(message['userId'], 'userId', readId, reading),
    content: required(message['content'], 'content', readText, reading),
    timestamp: required(message['timestamp'], 'timestamp', readTime, reading),
    messageType: optional(message['messageType'], 'messageType', readId, reading),
    replyToMessageId: nullable(message['replyToMessageId'], 'replyToMessageId', readId, reading),
    editedAt: nullable(message['editedAt'], 'editedAt', readTime, reading),
    metadata: nullable(message['metadata'], 'metadata', readJson, reading),
    onConflict:
      known === storeFields
        ? optional(message['onConflict'], 'onConflict', readOnConflict, reading)
        : undefined,
  }
}

/** What `storeMessage` takes. */
export const readStoredMessage = (given: unknown, reading: Reading): ReadMessage =>
  readMessage(given, reading, storeFields)
