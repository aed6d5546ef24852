import { extraNames, extraParams } from '../../protocol/message-fields.js'
import type { WireParams } from '../../protocol/operations.js'
import { itemWeight } from '../../protocol/packed.js'
import type { JsonWriter } from './json-writer.js'
import { readChoice, readId, readText, readTime } from './kinds.js'
import type { Reader, Reading } from './reading.js'
import { refuseUnknown, toObject, type FieldReader } from './read-fields.js'
import { fieldReadersOf } from './reader-of.js'

type WireMessage = WireParams<'storeMessage'>

/** A message as it was read; its metadata may have to be finished. */
export type ReadMessage = Omit<WireMessage, 'metadata'> & {
  readonly metadata?: string | JsonWriter | null | undefined
}

const extras: readonly FieldReader[] = fieldReadersOf(extraParams)
const storeExtras: readonly FieldReader[] = [
  ...extras,
  { key: 'onConflict', isOptional: true, read: readChoice(['update', 'ignore', 'error']) },
]
const messageFields: ReadonlySet<string> = new Set([
  'messageId',
  'channelId',
  'userId',
  'content',
  'timestamp',
  ...extraNames,
])
const storeFields: ReadonlySet<string> = new Set([...messageFields, 'onConflict'])

const required = <Value>(given: unknown, field: string, read: Reader<Value>, reading: Reading): Value => {
  reading.field = field
  return given === undefined ? reading.refuse('is missing') : read(given, reading)
}

/** Field by field: by far the most frequent of all that is read. What few messages have is there only where it was given. */
function readFields(
  given: unknown,
  reading: Reading,
  known: ReadonlySet<string>,
  more: readonly FieldReader[],
): ReadMessage {
  const fields = toObject(given, reading)
  refuseUnknown(fields, known, reading)
  reading.weight += itemWeight
  const message = {
    messageId: required(fields['messageId'], 'messageId', readId, reading),
    channelId: required(fields['channelId'], 'channelId', readId, reading),
    userId: required(fields['userId'], 'userId', readId, reading),
    content: required(fields['content'], 'content', readText, reading),
    timestamp: required(fields['timestamp'], 'timestamp', readTime, reading),
  }
  for (const { key, read: readExtra } of more) {
    const value = fields[key]
    if (value === undefined) continue
    reading.field = key
    Reflect.set(message, key, readExtra(value, reading))
  }
  return message
}

/** What `addMessages` takes many of. */
export const readMessage = (given: unknown, reading: Reading): ReadMessage =>
  readFields(given, reading, messageFields, extras)

/** What `storeMessage` takes. */
export const readStoredMessage = (given: unknown, reading: Reading): ReadMessage =>
  readFields(given, reading, storeFields, storeExtras)
