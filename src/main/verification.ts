import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { ConvoDbError } from '../protocol/errors.js'
import type { VerifierMessage, VerifierSettings, VerifyProgress, VerifyReport } from '../protocol/verify.js'
import { verifierUrl } from './worker-url.js'

/** One run of the verifier's thread. */
export interface Verification {
  readonly report: Promise<VerifyReport>
  /** Rejects the report with `reason`; the thread ends after the statement under way. */
  stop(reason: ConvoDbError): void
  /** Resolves when the thread is gone, and its connection with it. */
  readonly ended: Promise<void>
}

const busyTimeoutMs = 5_000

/** Starts a thread that verifies a file; what `onProgress` throws stops it. */
export function startVerification(
  path: string,
  maxProblems: number,
  onProgress: (progress: VerifyProgress) => void,
): Verification {
  const stopped = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const workerData: VerifierSettings = { path, busyTimeoutMs, maxProblems, stop: stopped }
  const worker = new Worker(verifierUrl, { workerData })
  const ended = once(worker, 'exit').then(() => undefined)
  let fail: (reason: unknown) => void
  const report = new Promise<VerifyReport>((resolve, reject) => {
    fail = (reason) => {
      Atomics.store(stopped, 0, 1)
      reject(reason)
    }
    worker.on('message', (message: VerifierMessage) => {
      if (message.kind === 'end') {
        if (message.outcome.ok) resolve(message.outcome.value)
        else reject(ConvoDbError.from(message.outcome.error))
        return
      }
      try {
        onProgress(message.progress)
      } catch (error) {
        fail(error)
      }
    })
    worker.once('error', (error) => fail(lost(error.message)))
    worker.once('exit', () => fail(lost('it ended before it was done')))
  })
  return { report, ended, stop: (reason) => fail(reason) }
}

const lost = (reason: string): ConvoDbError =>
  new ConvoDbError('WORKER_LOST', `The thread that verified the file is gone: ${reason}`)
