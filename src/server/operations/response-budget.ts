import { ConvoDbError } from '../../main/index.js'
import type { ErrorDetails } from '../../protocol/errors.js'

/** What the answers of one request may weigh together: each is bounded by itself, but there may be a thousand of them. */
export class ResponseBudget {
  readonly #maxBytes: number
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Counts an answer; the first may be as large as it is. @throws TOO_LARGE */
  spend(bytes: number): void {
    if (this.#bytes > 0 && this.#bytes + bytes > this.#maxBytes) throw this.#tooLarge({})
    this.#bytes += bytes
  }

  /** Counts answers of operations that were carried out together, writes perhaps among them. @throws TOO_LARGE */
  spendTogether(bytes: number): void {
    if (this.#bytes + bytes > this.#maxBytes) throw this.#tooLarge({ maybeCommitted: true })
    this.#bytes += bytes
  }

  #tooLarge(details: ErrorDetails): ConvoDbError {
    return new ConvoDbError(
      'TOO_LARGE',
      `The answers of this request exceed maxResponseBytes (${this.#maxBytes}); ask for fewer at once`,
      { maxResponseBytes: this.#maxBytes, ...details },
    )
  }
}
