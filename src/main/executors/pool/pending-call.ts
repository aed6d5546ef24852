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
  readonly #onGivenUp: () => void

  /** @param onGivenUp called when signal or deadline end the call before its answer. */
  constructor(request: Request, bytes: number, options: CallOptions, onGivenUp: () => void) {
    this.request = request
    this.bytes = bytes
    this.#onGivenUp = onGivenUp
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#watch(options)
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

  #watch({ signal, timeoutMs }: CallOptions): void {
    if (timeoutMs !== undefined) {
      const message = `The call was not answered within ${timeoutMs} ms`
      this.#timer = setTimeout(() => this.#giveUp('TIMEOUT', message), timeoutMs)
    }
    if (signal !== undefined) {
      this.#signal = signal
      signal.addEventListener('abort', this.#onAbort, { once: true })
    }
  }

  readonly #onAbort = (): void => this.#giveUp('ABORTED', 'The call was aborted by its signal')

  #giveUp(code: 'TIMEOUT' | 'ABORTED', message: string): void {
    if (this.#isSettled) return
    this.reject(new ConvoDbError(code, message, { maybeCommitted: this.isSent }))
    this.#onGivenUp()
  }

  #settle(): boolean {
    if (this.#isSettled) return false
    this.#isSettled = true
    clearTimeout(this.#timer)
    this.#signal?.removeEventListener('abort', this.#onAbort)
    return true
  }
}
