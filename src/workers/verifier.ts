import { parentPort, workerData } from 'node:worker_threads'
import { ConvoDbError } from '../protocol/errors.js'
import type { FileJobMessage } from '../protocol/file-job.js'
import type { VerifierSettings, VerifyProgress, VerifyReport } from '../protocol/verify.js'
import { loadNativeCode } from './connection/load-native-code.js'
import { outcomeOf } from './connection/outcome.js'
import { verifyFile } from './file-jobs/verify/verify-file.js'

/**
 * A thread that verifies one file, on a connection of its own, and ends. It may take minutes, for which a reader could not be
 * spared. It is told to stop by shared memory, between two slices: a thread that is terminated leaves its connection open.
 */
const settings: VerifierSettings = workerData
loadNativeCode(workerData)
const post = (message: FileJobMessage<VerifyProgress, VerifyReport>): void => parentPort?.postMessage(message)

/** Often enough for a display. */
const progressEveryMs = 50
let postedAtMs = Number.NEGATIVE_INFINITY

function noteProgress(progress: VerifyProgress): void {
  if (Atomics.load(settings.stop, 0) !== 0) throw new ConvoDbError('ABORTED', 'The verification was stopped')
  const nowMs = performance.now()
  if (nowMs - postedAtMs < progressEveryMs) return
  postedAtMs = nowMs
  post({ kind: 'progress', progress })
}

post({ kind: 'end', outcome: outcomeOf(() => verifyFile(settings, noteProgress)) })
