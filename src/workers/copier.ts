import { parentPort, workerData } from 'node:worker_threads'
import type { BackupProgress, BackupReport, CopierSettings } from '../protocol/backup.js'
import { ConvoDbError } from '../protocol/errors.js'
import type { FileJobMessage } from '../protocol/file-job.js'
import { copyDatabase } from './file-jobs/copy-database.js'
import { loadNativeCode } from './connection/load-native-code.js'
import { failed } from './connection/outcome.js'

/**
 * A thread that copies one database, verifies the copy and puts it into its place, and ends. It is told to stop by shared
 * memory, between two slices.
 */
const settings: CopierSettings = workerData
loadNativeCode(workerData)
const post = (message: FileJobMessage<BackupProgress, BackupReport>): void => parentPort?.postMessage(message)

function assertNotStopped(): void {
  if (Atomics.load(settings.stop, 0) !== 0) throw new ConvoDbError('ABORTED', 'The copy was stopped')
}

function noteProgress(progress: BackupProgress): void {
  assertNotStopped()
  post({ kind: 'progress', progress })
}

/** Stopped before this thread had begun, it makes no folder: whoever stopped it may have removed that. */
async function run(): Promise<BackupReport> {
  assertNotStopped()
  return copyDatabase(settings, noteProgress)
}

run().then(
  (value) => post({ kind: 'end', outcome: { ok: true, value } }),
  (error: unknown) => post({ kind: 'end', outcome: failed(error) }),
)
