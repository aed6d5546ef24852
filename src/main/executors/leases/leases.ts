import type { AsyncLocalStorage } from 'node:async_hooks'
import { ConvoDbError } from '../../../protocol/errors.js'
import type { ConnectionMode } from '../../../protocol/messages.js'

interface Lease {
  readonly mode: ConnectionMode
  isOver: boolean
}

/** Which lease the code runs in that makes a call. */
export type LeaseContext = AsyncLocalStorage<Lease>

export type Work<Lent, Value> = (lent: Lent) => Promise<Value> | Value

/** Knows the leases under way, and which code runs inside one: there, some calls would wait for themselves. */
export class Leases {
  readonly #current: LeaseContext | undefined
  readonly #underWay = new Set<Promise<unknown>>()

  /** @param context where there is one: browsers have none, and such a call ends with its lease. */
  constructor(context: LeaseContext | undefined) {
    this.#current = context
  }

  /** @throws CONFLICT when the caller holds the very thread that the call needs */
  assertNotInside(mode: ConnectionMode, call: string): void {
    if (this.#underWay.size === 0) return
    const lease = this.#current?.getStore()
    if (lease === undefined || lease.isOver || lease.mode !== mode) return
    throw new ConvoDbError(
      'CONFLICT',
      `${call} inside withConnection(..., { mode: '${mode}' }) would wait for its own lease; ` +
        'use the connection you were given, or call it after',
    )
  }

  /** Runs a lease; `start` gets the work to do, which knows that it runs inside the lease. */
  async track<Lent, Value>(
    mode: ConnectionMode,
    work: Work<Lent, Value>,
    start: (trackedWork: Work<Lent, Value>) => Promise<Value>,
  ): Promise<Value> {
    const lease: Lease = { mode, isOver: false }
    const underWay = start((connection) =>
      this.#current === undefined ? work(connection) : this.#current.run(lease, () => work(connection)),
    )
    this.#underWay.add(underWay)
    try {
      return await underWay
    } finally {
      lease.isOver = true
      this.#underWay.delete(underWay)
      // Tracking slows down every promise of the process, so it runs only while there is something to track.
      if (this.#underWay.size === 0) this.#current?.disable()
    }
  }

  /** Resolves when the leases under way are over; their own callers are told how they ended. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#underWay)
  }
}
