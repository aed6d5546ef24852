import { ConvoDbError } from '../protocol/errors.js'
import type { RetentionReport } from '../protocol/models.js'
import type { TimeInput } from '../protocol/wire.js'
import type { CallOptions } from './validation/call-options.js'
import type { Execute } from './calls/execute.js'
import { checkCallOptions } from './validation/call-options.js'
import { readFields, refuseUnknown, toObject, type FieldReader } from './reading/read-fields.js'
import { readBoolean, readId, readTime } from './reading/kinds.js'
import { Reading } from './reading/reading.js'

/** What to delete; see `applyRetention`. */
export interface Retention {
  readonly olderThan: TimeInput
  readonly channelId?: string | undefined
  /** Spares messages whose metadata says `"pinned": true`. Default false. */
  readonly keepPinned?: boolean | undefined
  /** Counts only. Default false. */
  readonly dryRun?: boolean | undefined
  /** Called after each slice, with what was done by then. */
  readonly onProgress?: ((report: RetentionReport) => void) | undefined
}

const fields: readonly FieldReader[] = [
  { key: 'olderThan', isOptional: false, read: readTime },
  { key: 'channelId', isOptional: true, read: readId },
  { key: 'keepPinned', isOptional: true, read: readBoolean },
  { key: 'dryRun', isOptional: true, read: readBoolean },
  {
    key: 'onProgress',
    isOptional: true,
    read: (given, reading) => (typeof given === 'function' ? given : reading.refuse('must be a function')),
  },
]
const known = new Set(fields.map(({ key }) => key))

/** A copy, each of its values read once. @throws INVALID_ARGUMENT naming the field */
function readRetention(given: Retention): Retention
function readRetention(given: unknown): unknown {
  const reading = new Reading()
  const retention = toObject(given, reading)
  refuseUnknown(retention, known, reading)
  return readFields(retention, fields, reading)
}

/** Runs a retention slice by slice; each is an operation of its own, in the queue with all others. */
export async function applyRetention(
  execute: Execute,
  retention: Retention,
  options: CallOptions = {},
): Promise<RetentionReport> {
  const { olderThan, channelId, keepPinned, dryRun = false, onProgress } = readRetention(retention)
  const params = { olderThan, channelId, keepPinned }
  const { signal, timeoutMs } = checkCallOptions(options)
  if (dryRun) {
    return { deletedMessages: await execute('countExpiredMessages', params, options), releasedBytes: 0 }
  }
  const deadlineMs = timeoutMs === undefined ? Infinity : performance.now() + timeoutMs
  const report: RetentionReport = { deletedMessages: 0, releasedBytes: 0 }
  const noteSlice = (): void => {
    onProgress?.({ ...report })
    if (signal?.aborted === true) throw ended('ABORTED', 'The retention was aborted by its signal', report)
    if (performance.now() > deadlineMs) {
      throw ended('TIMEOUT', `The retention took longer than ${String(timeoutMs)} ms`, report)
    }
  }
  for (let cursor: string | undefined, isDone = false; !isDone; noteSlice()) {
    const slice = await execute('deleteExpiredMessages', { ...params, cursor }, { signal })
    report.deletedMessages += slice.deletedMessages
    cursor = slice.nextCursor ?? undefined
    isDone = cursor === undefined
  }
  for (let hasMore = true; hasMore; noteSlice()) {
    const released = await execute('releaseSpace', {}, { signal })
    report.releasedBytes += released.releasedBytes
    hasMore = released.hasMore
  }
  return report
}

const ended = (
  code: 'ABORTED' | 'TIMEOUT',
  message: string,
  { deletedMessages }: RetentionReport,
): ConvoDbError =>
  new ConvoDbError(code, `${message}; ${deletedMessages} messages are deleted, call it again for the rest`, {
    deletedMessages,
  })
