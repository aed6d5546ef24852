import type { StopFlag } from './file-job.js'

/** What a backup or a restore has made. */
export interface BackupReport {
  /** The file that is there now, verified. */
  path: string
  fileBytes: number
  /** Rows that were compared with their checksums. */
  checkedRows: number
  elapsedMs: number
}

/** How far a backup or a restore is. */
export interface BackupProgress {
  step: 'copy' | 'verify'
  /** Of this step, from 0 to 1. */
  share: number
}

/** What the copier's thread needs; handed over as `workerData`. */
export interface CopierSettings {
  readonly from: string
  readonly to: string
  readonly overwrite: boolean
  readonly busyTimeoutMs: number
  readonly stop: StopFlag
}
