import { Worker, type WorkerOptions } from 'node:worker_threads'
import { ConvoDbError } from '../protocol/errors.js'
import type { FileJobMessage, StopFlag } from '../protocol/file-job.js'
import { LoadedThreads } from '../protocol/loaded-threads.js'
import { watchLoading } from './loading.js'
import { assertMayStartThreads, lacksModule, notStarted } from './not-started.js'

/** A thread that works on a whole file, for seconds or minutes. */
export interface FileJob<Report> {
  readonly report: Promise<Report>
  /** Rejects the report with `reason`; the thread ends after the statement under way. */
  stop(reason: ConvoDbError): void
  /** Resolves when the thread is gone, and its connection with it. */
  readonly ended: Promise<void>
}

/** Starts the thread; what `onProgress` throws stops it. */
function startFileJob<Progress, Report>(
  url: URL,
  settings: object,
  onProgress: (progress: Progress) => void,
): FileJob<Report> {
  const stopped: StopFlag = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const worker = startSqliteThread(url, { ...settings, stop: stopped })
  // Not `events.once`, which rejects when the thread fails: this is for whoever wants to know that it is gone.
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  let fail: (reason: unknown) => void
  const report = new Promise<Report>((resolve, reject) => {
    fail = (reason) => {
      Atomics.store(stopped, 0, 1)
      reject(reason)
    }
    worker.on('message', (message: FileJobMessage<Progress, Report>) => {
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
    worker.once('error', (error) =>
      fail(lacksModule(error) ? notStarted('file', error) : lost(error.message)),
    )
    worker.once('exit', () => fail(lost('it ended before it was done')))
  })
  return { report, ended, stop: (reason) => fail(reason) }
}

/** Starts a job that `signal` ends. @throws ABORTED */
export function startAbortableJob<Progress, Report>(
  url: URL,
  settings: object,
  { onProgress, signal }: JobOptions<Progress>,
): FileJob<Report> {
  if (signal?.aborted === true) throw aborted()
  const job = startFileJob<Progress, Report>(url, settings, (progress) => onProgress?.(progress))
  const abort = (): void => job.stop(aborted())
  signal?.addEventListener('abort', abort, { once: true })
  void job.ended.then(() => signal?.removeEventListener('abort', abort))
  return job
}

export interface JobOptions<Progress> {
  /** Called with how far it is, some times a second. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
  /** Gives it up with `ABORTED`, at once; the thread ends after the statement under way. */
  readonly signal?: AbortSignal | undefined
}

const aborted = (): ConvoDbError => new ConvoDbError('ABORTED', 'It was aborted by its signal')

const lost = (reason: string): ConvoDbError =>
  new ConvoDbError('WORKER_LOST', `The thread that worked on the file is gone: ${reason}`)

/**
 * Starts a thread by an import, so that a program given as text (`node --input-type=module -e`) can start it too: threads inherit
 * the flag, and Node refuses it for files.
 */
export const startThread = (
  url: URL,
  workerData: object,
  options: Pick<WorkerOptions, 'transferList' | 'resourceLimits'> = {},
): Worker => {
  assertMayStartThreads()
  return new Worker(`import(${JSON.stringify(url.href)})`, { ...options, eval: true, workerData })
}

/** As `startThread`, for a program that loads SQLite: an exit of the process waits until it has. */
export function startSqliteThread(
  url: URL,
  settings: object,
  options?: Pick<WorkerOptions, 'transferList'>,
): Worker {
  const loaded = new LoadedThreads()
  const worker = startThread(url, { ...settings, loadedThreads: loaded.buffer }, options)
  const unwatch = watchLoading(() => [worker], loaded)
  worker.once('exit', unwatch)
  return worker
}
