export interface LoadingTask {
  readonly path: string
  /** Of writers, before it ends. */
  readonly deaths: number
}

export interface LoadingReport {
  readonly deaths: number
  readonly acknowledged: readonly string[]
}
