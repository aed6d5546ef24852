import { threadId } from 'node:worker_threads'
import { LoadedThreads } from '../../protocol/loaded-threads.js'
import { assertNativeBinding } from './native-binding.js'
import { outcomeOf } from './outcome.js'

interface LoadingSettings {
  /** Where the thread says that it has (`LoadedThreads`). */
  readonly loadedThreads?: SharedArrayBuffer
}

/**
 * Loads SQLite's native code before a thread does anything else, and says so: one that is ended meanwhile takes the whole process
 * along (decision 6). What is wrong with that code the first work tells.
 */
export function loadNativeCode({ loadedThreads }: LoadingSettings): void {
  outcomeOf(assertNativeBinding)
  if (loadedThreads !== undefined) new LoadedThreads(loadedThreads).note(threadId)
}
