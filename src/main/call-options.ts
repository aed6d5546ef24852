/**
 * What every call takes besides its parameters. Those are copied before the call returns, so that its objects may be used
 * again at once, unless it carries more than 1,000 items, 250,000 characters of text or 60,000 of JSON: it is read in
 * steps then, between which the event loop goes on, and what it was given must be left as it is until it settles.
 */
export interface CallOptions {
  /**
   * Gives the call up with `ABORTED`. A write that is already with the writer can not be called back: it may be
   * committed all the same, and the error's `details.maybeCommitted` is true, its `retryable` false.
   */
  signal?: AbortSignal | undefined
  /** Gives the call up with `TIMEOUT` after so many milliseconds, likewise. Default: no limit. */
  timeoutMs?: number | undefined
}
