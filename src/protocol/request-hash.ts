import type { Hash } from 'node:crypto'
import { crypto } from './crypto.js'
import type { OperationMessage } from './messages.js'
import { toPlain } from './packed-operations.js'
import type { BulkItem, OperationRequest } from './requests.js'

/**
 * What tells one request from another: the SHA-256 of all that is asked. By the text of every value, since a text's bytes in memory
 * may be of one or two a character from one time to the next.
 */
export function hashOfRequest(request: OperationRequest): Uint8Array {
  const hash = crypto().createHash('sha256').update(request.name)
  // Whoever is held to other channels is not given what these read.
  if (request.withinChannels !== undefined)
    hash.update(JSON.stringify([...new Set(request.withinChannels)].toSorted()), 'utf8')
  const parts = request.name === 'group' ? request.operations : request.items
  for (const part of parts) addPart(hash, part)
  return hash.digest()
}

function addPart(hash: Hash, part: OperationMessage | BulkItem): void {
  if (part.name === 'storeMessage run') {
    const { extras, ...columns } = part.columns
    hash.update(JSON.stringify([part.name, columns, [...extras]]), 'utf8')
  } else if (part.name === 'refused') {
    hash.update(JSON.stringify([part.name, part.error]), 'utf8')
  } else {
    const { name, params } = toPlain(part)
    hash.update(JSON.stringify(name), 'utf8')
    for (const field of Object.entries(params)) addField(hash, field)
  }
}

/** Item by item: a whole list might be longer than a text can be. */
function addField(hash: Hash, [field, value]: readonly [string, unknown]): void {
  if (value === undefined) return
  const isList = Array.isArray(value)
  hash.update(JSON.stringify([field, isList ? value.length : null]), 'utf8')
  for (const item of isList ? value : [value]) hash.update(JSON.stringify(item, toJsonValue), 'utf8')
}

function toJsonValue(_key: string, value: unknown): unknown {
  if (value instanceof Map) return [...value]
  if (value instanceof Float32Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
  return value
}
