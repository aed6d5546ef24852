import { ConvoDbError } from '../../protocol/errors.js'
import type { SubscribeOptions } from '../subscriptions/options.js'
import { checkCallOptions, type CallOptions } from '../validation/call-options.js'
import { LeasedBatch, type EmbeddedDatabase, type EmbeddingBatch } from './embedding-batch.js'
import { readPending, type PendingEmbeddings } from './read-pending.js'
import { PendingWaiter } from './wait-for-pending.js'

interface PendingDatabase extends EmbeddedDatabase {
  subscribe(options: SubscribeOptions): AsyncIterable<{ readonly kind: string }> & {
    return(): Promise<unknown>
  }
}

/** Who stores what others have leased is not told of: it is looked for so often, where nothing else is left. */
const lookAgainMs = 500
/** Nor are vectors that are deleted. */
const lookAgainWhenIdleMs = 60_000

/** Leases batch after batch, until every message or segment has its vector. */
export async function* pendingEmbeddings(
  database: PendingDatabase,
  asked: PendingEmbeddings,
  options: CallOptions = {},
): AsyncGenerator<EmbeddingBatch, undefined, undefined> {
  const { model, owner, batchSize: limit, leaseMs, follow } = readPending(asked)
  const { signal, timeoutMs } = checkCallOptions(options)
  const deadlineMs = timeoutMs === undefined ? Infinity : performance.now() + timeoutMs
  const waiter = new PendingWaiter()
  const given = new GivenBatches()
  const { execute } = database
  const lease = { model, owner, limit, leaseMs }
  let present: string | undefined
  try {
    for (;;) {
      assertGoesOn(signal, deadlineMs, timeoutMs)
      await database.ready()
      waiter.beginLook()
      const expiresAt = new Date(Date.now() + leaseMs)
      const { leaseId, items, hasMore, retryInMs } = await execute('leaseEmbeddings', lease)
      if (leaseId !== null) {
        const batch = new LeasedBatch(database, { leaseId, model, owner, items, expiresAt }, waiter.wake)
        given.add(batch, leaseMs)
        yield batch
        present = undefined
        continue
      }
      if (hasMore) continue
      if (!follow && retryInMs === null) return
      if (follow && present === undefined) {
        // Asked for once more from here on, so that nothing falls between looking and waiting.
        present = (await execute('listChanges', {}, { signal })).nextCursor
        continue
      }
      const againMs = follow ? lookAgainWhenIdleMs : lookAgainMs
      const forMs = Math.min(againMs, retryInMs ?? Infinity, deadlineMs - performance.now()) + 1
      await waiter.wait(database, { after: present, forMs: Math.max(1, forMs), signal })
      present = undefined
    }
  } finally {
    await given.release()
  }
}

function assertGoesOn(signal: AbortSignal | undefined, deadlineMs: number, timeoutMs?: number): void {
  if (signal?.aborted === true) throw new ConvoDbError('ABORTED', 'The embedding was aborted by its signal')
  if (performance.now() > deadlineMs) {
    throw new ConvoDbError('TIMEOUT', `The embedding took longer than ${String(timeoutMs)} ms`)
  }
}

/** Batches of which nobody has said yet what becomes of them. */
class GivenBatches {
  readonly #expiries = new Map<LeasedBatch, number>()

  add(batch: LeasedBatch, leaseMs: number): void {
    const nowMs = performance.now()
    for (const [earlier, expiresMs] of this.#expiries) {
      if (!earlier.isOpen || expiresMs < nowMs) this.#expiries.delete(earlier)
    }
    this.#expiries.set(batch, nowMs + leaseMs)
  }

  /** So that others need not wait for what nobody makes any more. Where that fails the leases expire by themselves. */
  async release(): Promise<void> {
    const open = [...this.#expiries.keys()].filter(({ isOpen }) => isOpen)
    await Promise.allSettled(open.map((batch) => batch.release()))
  }
}
