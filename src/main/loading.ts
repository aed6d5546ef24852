import { setTimeout as pause } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import type { LoadedThreads } from '../protocol/loaded-threads.js'

/** For so long whoever ends threads waits for those that load native code; one that takes longer is stuck. */
const loadPatienceMs = 10_000
const lookEveryMs = 5

type Threads = readonly Pick<Worker, 'threadId'>[]

/** Whether one of them has not loaded native code yet. One that has ended has no id any more. */
const areLoading = (threads: Threads, loaded: LoadedThreads): boolean =>
  threads.some(({ threadId }) => threadId > 0 && !loaded.has(threadId))

/** Threads that may be loading, and where they say that they have. */
interface Watched {
  readonly listThreads: () => Threads
  readonly loaded: LoadedThreads
}

const watched = new Set<Watched>()
const asleep = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))

/** A process that exits ends its threads, too: `process.exit(1)` would become an abort with a core dump. */
function holdExit(): void {
  const endMs = performance.now() + loadPatienceMs
  const isAnyLoading = (): boolean =>
    [...watched].some(({ listThreads, loaded }) => areLoading(listThreads(), loaded))
  while (isAnyLoading() && performance.now() < endMs) Atomics.wait(asleep, 0, 0, lookEveryMs)
}

/** Has the process' exit wait for threads that load native code. Returns what ends that. */
export function watchLoading(listThreads: () => Threads, loaded: LoadedThreads): () => void {
  const entry = { listThreads, loaded }
  if (watched.size === 0) process.on('exit', holdExit)
  watched.add(entry)
  return () => {
    watched.delete(entry)
    if (watched.size === 0) process.off('exit', holdExit)
  }
}

/** Resolves when they may be ended: a thread that is ended while it loads native code takes the whole process along (decision 6). */
export async function untilLoaded(listThreads: () => Threads, loaded: LoadedThreads): Promise<void> {
  const endMs = performance.now() + loadPatienceMs
  while (areLoading(listThreads(), loaded) && performance.now() < endMs) await pause(lookEveryMs)
}
