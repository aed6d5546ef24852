import { defaultLeaseMs, maxLeased, maxLeaseMs } from '../../protocol/limits.js'
import type { EmbeddingOwner } from '../../protocol/models.js'
import { readBoolean, readChoice, readId, readInteger } from '../reading/kinds.js'
import { readFields, refuseUnknown, toObject, type FieldReader } from '../reading/read-fields.js'
import { Reading } from '../reading/reading.js'

/** What to make vectors of; see `pendingEmbeddings`. */
export interface PendingEmbeddings {
  readonly model: string
  readonly owner: EmbeddingOwner
  /** Messages or segments of a batch, 1 to 1,000; their texts have 1 Mi characters at most, unless one alone has more. Default 100. */
  readonly batchSize?: number | undefined
  /** How long nobody else gets a batch, in milliseconds, up to a day. Default 5 minutes. */
  readonly leaseMs?: number | undefined
  /** Goes on with what comes, until its signal is aborted or the database is closed. Default false. */
  readonly follow?: boolean | undefined
}

interface ReadPending {
  readonly model: string
  readonly owner: EmbeddingOwner
  readonly batchSize: number
  readonly leaseMs: number
  readonly follow: boolean
}

const fields: readonly FieldReader[] = [
  { key: 'model', isOptional: false, read: readId },
  { key: 'owner', isOptional: false, read: readChoice(['message', 'segment']) },
  { key: 'batchSize', isOptional: true, read: readInteger(1, maxLeased) },
  { key: 'leaseMs', isOptional: true, read: readInteger(1, maxLeaseMs) },
  { key: 'follow', isOptional: true, read: readBoolean },
]
const known = new Set(fields.map(({ key }) => key))

/** A copy, each of its values read once. @throws INVALID_ARGUMENT naming the field */
export function readPending(given: unknown): ReadPending {
  const reading = new Reading()
  const pending = toObject(given, reading)
  refuseUnknown(pending, known, reading)
  return withDefaults(readFields(pending, fields, reading))
}

function withDefaults(read: Record<string, unknown>): ReadPending
function withDefaults(read: Partial<ReadPending>): unknown {
  const { batchSize = 100, leaseMs = defaultLeaseMs, follow = false } = read
  return { ...read, batchSize, leaseMs, follow }
}
