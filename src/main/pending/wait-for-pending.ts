import { ConvoDbError } from '../../protocol/errors.js'
import type { SubscribeOptions } from '../subscriptions/options.js'

/** A subscription, as far as this looks at it. */
interface Changes extends AsyncIterable<{ readonly kind: string }> {
  return(): Promise<unknown>
}

interface Followed {
  subscribe(options: SubscribeOptions): Changes
}

/** What may make something pending. */
const kinds: ReadonlySet<string> = new Set([
  'messageStored',
  'messageUpdated',
  'segmentStored',
  'segmentUpdated',
])

/** Waits for the first that comes: a time, a signal, somebody who calls `wake`, or a change. */
export class PendingWaiter {
  #wake: (() => void) | undefined
  /** Since the last look at what is pending: its answer may have been under way by then. */
  #isWoken = false

  readonly wake = (): void => {
    this.#isWoken = true
    this.#wake?.()
  }

  /** To be called before what is pending is asked for. */
  beginLook(): void {
    this.#isWoken = false
  }

  /** @param after behind which change there may be something; undefined looks at none. @throws what ends a subscription, as CLOSED */
  async wait(
    database: Followed,
    { after, forMs, signal }: { after: string | undefined; forMs: number; signal: AbortSignal | undefined },
  ): Promise<void> {
    const changes = after === undefined ? undefined : database.subscribe({ after })
    let timer: ReturnType<typeof setTimeout> | undefined
    try {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve
        signal?.addEventListener('abort', this.wake)
        timer = setTimeout(resolve, forMs)
        if (this.#isWoken || signal?.aborted === true) resolve()
      })
      await Promise.race(changes === undefined ? [woken] : [woken, firstOf(changes)])
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', this.wake)
      this.#wake = undefined
      await changes?.return()
    }
  }
}

async function firstOf(changes: Changes): Promise<void> {
  try {
    for await (const { kind } of changes) if (kinds.has(kind)) return
  } catch (error) {
    // More has come than waits to be taken, or than is kept: so there is something.
    if (error instanceof ConvoDbError && (error.code === 'OVERLOADED' || error.code === 'CURSOR_TOO_OLD')) {
      return
    }
    throw error
  }
}
