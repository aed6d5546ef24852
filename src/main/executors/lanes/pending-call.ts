import { ConvoDbError } from '../../../protocol/errors.js'
import type { CallOptions } from '../../call-options.js'

/**
 * A call between its start and its answer. It settles exactly once: by its answer, its signal or its deadline,
 * whichever comes first.
 */
export class PendingCall<Request> {
  readonly request: Request
  readonly bytes: number
  readonly startedAtMs = performance.now()
  readonly promise: Promise<unknown>
  /** Set when the request went to a worker: it can not be called back then. */
  isSent = false
  #resolve!: (value: unknown) => void
  #reject!: (error: ConvoDbError) => void
  #isSettled = false
  #timer: NodeJS.Timeout | undefined
  #signal: AbortSignal | undefined
  #onAbort: (() => void) | undefined
  #onGivenUp: (() => void) | undefined

  constructor(request: Request, bytes: number) {
    this.request = request
    this.bytes = bytes
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** Ends the call before its answer when its signal or deadline says so, and tells `onGivenUp`. */
  watch({ signal, timeoutMs }: CallOptions, onGivenUp: () => void): void {
    this.#onGivenUp = onGivenUp
    if (timeoutMs !== undefined) {
      const message = `The call was not answered within ${timeoutMs} ms`
      this.#timer = setTimeout(() => this.#giveUp('TIMEOUT', message), timeoutMs)
    }
    if (signal !== undefined) {
      this.#signal = signal
      this.#onAbort = () => this.#giveUp('ABORTED', 'The call was aborted by its signal')
      signal.addEventListener('abort', this.#onAbort, { once: true })
    }
  }

  get isSettled(): boolean {
    return this.#isSettled
  }

  resolve(value: unknown): void {
    if (this.#settle()) this.#resolve(value)
  }

  reject(error: ConvoDbError): void {
    if (this.#settle()) this.#reject(error)
  }

  #giveUp(code: 'TIMEOUT' | 'ABORTED', message: string): void {
    if (this.#isSettled) return
    this.reject(new ConvoDbError(code, message, { maybeCommitted: this.isSent }))
    this.#onGivenUp?.()
  }

  #settle(): boolean {
    if (this.#isSettled) return false
    this.#isSettled = true
    if (this.#timer !== undefined) clearTimeout(this.#timer)
    if (this.#onAbort !== undefined) this.#signal?.removeEventListener('abort', this.#onAbort)
    return true
  }
}
