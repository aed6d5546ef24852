import type { BackupProgress, BackupReport } from '../protocol/backup.js'
import type { BackupOptions } from './backup-database.js'
import { startAbortableJob, type FileJob } from './file-job.js'
import type { DatabaseFile } from './executors/executor.js'
import { defaultBusyTimeoutMs } from './options.js'
import { realPath } from './real-path.js'
import { readBoolean } from './reading/kinds.js'
import { readOptions } from './reading/read-fields.js'
import { ofJobs } from './validation/job-options.js'
import { option } from './validation/option-readers.js'
import { workerUrl } from './worker-url.js'

const ofCopying = [option('overwrite', readBoolean), ...ofJobs]

/** Copies a database's file, whether or not this process has it open. */
export async function copyFile(from: string, to: string, options: BackupOptions): Promise<BackupReport> {
  const file = { path: await realPath(from), busyTimeoutMs: defaultBusyTimeoutMs }
  return startCopy(file, await realPath(to), options).report
}

/** Starts copying a database's file to another real path. @throws INVALID_ARGUMENT, ABORTED */
export function startCopy(file: DatabaseFile, to: string, options: BackupOptions): FileJob<BackupReport> {
  readOptions(ofCopying, options)
  const { path: from, busyTimeoutMs } = file
  const settings = { from, to, overwrite: options.overwrite ?? false, busyTimeoutMs }
  return startAbortableJob<BackupProgress, BackupReport>(workerUrl('copier'), settings, options)
}
