import { ConvoDbError } from '../../protocol/errors.js'
import type { SubscribeOptions } from '../subscriptions/options.js'

/** A subscription, as far as this looks at it. */
export interface Changes extends AsyncIterable<{ readonly kind: string }> {
  return(): Promise<unknown>
}

interface Followed {
  subscribe(options: SubscribeOptions): Changes
}

/** Tells when there are new messages in a channel; what comes while nobody waits is told at once. */
export class MessagesToCome {
  readonly #database: Followed
  readonly #channelId: string
  #changes: Changes
  #hasCome = false
  #error: unknown
  #wake: (() => void) | undefined
  #isClosed = false

  constructor(database: Followed, channelId: string) {
    this.#database = database
    this.#channelId = channelId
    this.#changes = this.#subscribe()
  }

  /** @throws what ends the subscription, such as CLOSED. Returns also when the signal is aborted or the time has come. */
  async wait(signal: AbortSignal | undefined, deadlineMs: number): Promise<void> {
    if (!this.#hasCome && this.#error === undefined && signal?.aborted !== true) {
      await this.#nextWake(signal, deadlineMs)
    }
    this.#hasCome = false
    if (this.#error !== undefined) throw this.#error
  }

  close(): void {
    this.#isClosed = true
    void this.#changes.return()
  }

  async #nextWake(signal: AbortSignal | undefined, deadlineMs: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      signal?.addEventListener('abort', this.#wakeUp)
      // A timer counts from when its turn of the event loop began, and so may be a little early.
      const waitOn = (): void => {
        const leftMs = deadlineMs - performance.now()
        if (leftMs <= 0) resolve()
        else if (leftMs < 2 ** 31) timer = setTimeout(waitOn, leftMs + 1)
      }
      waitOn()
    })
    clearTimeout(timer)
    signal?.removeEventListener('abort', this.#wakeUp)
    this.#wake = undefined
  }

  readonly #wakeUp = (): void => this.#wake?.()

  #subscribe(): Changes {
    const changes = this.#database.subscribe({ channelId: this.#channelId })
    void this.#follow(changes)
    return changes
  }

  async #follow(changes: Changes): Promise<void> {
    try {
      for await (const { kind } of changes) {
        if (kind !== 'messageStored' && kind !== 'messageUpdated') continue
        this.#hasCome = true
        this.#wakeUp()
      }
    } catch (error) {
      if (this.#isClosed) return
      // Something has come that was not looked at: so there is something.
      if (error instanceof ConvoDbError && error.code === 'OVERLOADED') {
        this.#changes = this.#subscribe()
        this.#hasCome = true
      } else {
        this.#error = error
      }
      this.#wakeUp()
    }
  }
}
