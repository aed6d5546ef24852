import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import { decodeChangeCursor, type ChangePlace } from '../../protocol/change-cursor.js'
import type { ChangeEvent } from '../../protocol/models.js'
import type { CommitWaiter } from './commit-waiter.js'
import { listPatiently, type ListChanges } from './patient-list.js'

const pageLimit = 1_000
/** Between two looks at the file, so that a thousand small commits a second are some hundred pages. */
const leastIntervalMs = 4

export const placeOf = (cursor: string): ChangePlace =>
  decodeChangeCursor(cursor) ?? { messageKey: 0, changeId: 0 }

interface Listeners {
  /** `before` is the cursor that they lie behind. */
  onEvents(events: readonly ChangeEvent[], before: string): void
  onError(error: unknown): void
}

/** Reads the changes as they are committed, once for all who follow them. */
export class ChangeTail {
  readonly #list: ListChanges
  readonly #waiter: CommitWaiter
  readonly #listeners: Listeners
  /** Of each start its own; what an earlier one still reads is nobody's. */
  #run: object | undefined
  #cursor = ''

  constructor(list: ListChanges, waiter: CommitWaiter, listeners: Listeners) {
    this.#list = list
    this.#waiter = waiter
    this.#listeners = listeners
  }

  /** Behind all that was told; undefined while it does not run. */
  get cursor(): string | undefined {
    return this.#run === undefined ? undefined : this.#cursor
  }

  start(cursor: string): void {
    const run = {}
    this.#run = run
    this.#cursor = cursor
    void this.#follow(() => this.#run === run)
  }

  stop(): void {
    this.#run = undefined
    this.#waiter.wake()
  }

  async #follow(isRunning: () => boolean): Promise<void> {
    try {
      while (isRunning()) {
        const [count, startedAtMs] = [this.#waiter.count, performance.now()]
        const params = { after: this.#cursor, limit: pageLimit }
        const { items, nextCursor, hasMore } = await listPatiently(this.#list, params, isRunning)
        if (!isRunning()) return
        const before = this.#cursor
        this.#cursor = nextCursor
        if (items.length > 0) this.#listeners.onEvents(items, before)
        // In a thread that reads by itself nothing else would get its turn.
        await nextTurn()
        if (hasMore) continue
        if (isRunning()) await this.#waiter.waitFrom(count)
        const restMs = leastIntervalMs - (performance.now() - startedAtMs)
        if (isRunning() && restMs > 0) await pause(restMs, undefined, { ref: false })
      }
    } catch (error) {
      if (!isRunning()) return
      this.#run = undefined
      this.#listeners.onError(error)
    }
  }
}
