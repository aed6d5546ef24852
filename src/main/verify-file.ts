import type { VerifyProgress, VerifyReport } from '../protocol/verify.js'
import { startAbortableJob, type FileJob } from './file-job.js'
import type { DatabaseFile } from './executors/executor.js'
import { defaultBusyTimeoutMs } from './options.js'
import { realPath } from './real-path.js'
import { checkVerifyOptions } from './validation/job-options.js'
import type { VerifyOptions } from './verify-database.js'
import { workerUrl } from './worker-url.js'

export async function verifyFile(path: string, options: VerifyOptions): Promise<VerifyReport> {
  const file = { path: await realPath(path), busyTimeoutMs: defaultBusyTimeoutMs }
  return startVerification(file, options).report
}

/** @throws INVALID_ARGUMENT where any option is wrong */
export function maxProblemsOf(options: VerifyOptions): number {
  checkVerifyOptions(options)
  return options.maxProblems ?? 100
}

/** Starts a verification that heeds its options. @throws INVALID_ARGUMENT, ABORTED */
export function startVerification(file: DatabaseFile, options: VerifyOptions): FileJob<VerifyReport> {
  const { path, busyTimeoutMs } = file
  const settings = { path, busyTimeoutMs, maxProblems: maxProblemsOf(options) }
  return startAbortableJob<VerifyProgress, VerifyReport>(workerUrl('verifier'), settings, options)
}
