import { setTimeout as pause } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import type { LoadedThreads } from '../../../protocol/loaded-threads.js'

/** For so long whoever ends threads waits for those that load native code; one that takes longer is stuck. */
const loadPatienceMs = 10_000
const lookEveryMs = 5

type Threads = readonly Pick<Worker, 'threadId'>[]

/** Whether one of them has not loaded native code yet. One that has ended has no id any more. */
export const areLoading = (threads: Threads, loaded: LoadedThreads): boolean =>
  threads.some(({ threadId }) => threadId > 0 && !loaded.has(threadId))

/** Resolves when they may be ended: a thread that is ended while it loads native code takes the whole process along (decision 6). */
export async function untilLoaded(listThreads: () => Threads, loaded: LoadedThreads): Promise<void> {
  const endMs = performance.now() + loadPatienceMs
  while (areLoading(listThreads(), loaded) && performance.now() < endMs) await pause(lookEveryMs)
}
