export interface EndingTask {
  readonly folder: string
  /** So many threads that read are ended for what they take, and so many databases closed at once. */
  readonly endings: number
}

export interface EndingReport {
  readonly restarts: number
  /** What became of a lease whose database closed while its thread loaded. */
  readonly codes: readonly string[]
}

export interface ExitTask {
  /** Holds `chat.db`. */
  readonly folder: string
  readonly work: 'openDatabase' | 'verifyDatabase' | 'backupDatabase'
  readonly afterMs: number
  readonly exitCode: number
}
