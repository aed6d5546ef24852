/** What every call takes besides its parameters. */
export interface CallOptions {
  /**
   * Gives the call up with `ABORTED`. A write that is already with the writer can not be called back: it may be
   * committed all the same, and the error's `details.maybeCommitted` is true, its `retryable` false.
   */
  signal?: AbortSignal | undefined
  /** Gives the call up with `TIMEOUT` after so many milliseconds, likewise. Default: no limit. */
  timeoutMs?: number | undefined
}
