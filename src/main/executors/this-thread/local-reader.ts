import type { LocalReader, ReaderAnswers } from '../../../protocol/answers.js'
import type { ConnectionSettings } from '../../../protocol/messages.js'
import type { ReaderTask } from '../../../protocol/tasks.js'
import { workerUrl } from '../../worker-url.js'
import type { ReaderRunner } from '../lanes/task-runner.js'

/** By its URL: nothing of the workers, and no SQLite, is loaded where nobody reads in this thread. */
export async function openLocalReader(settings: ConnectionSettings): Promise<LocalReader> {
  const program: { openLocalReader(settings: ConnectionSettings): LocalReader } = await import(
    workerUrl('local-reader').href
  )
  return program.openLocalReader(settings)
}

/** Reads are answered synchronously: this thread is the reader. */
export function runInThisThread(reader: LocalReader): ReaderRunner {
  return { threads: 1, run }

  function run<Task extends ReaderTask>(task: Task): Promise<ReaderAnswers[Task['kind']]>
  async function run(task: ReaderTask): Promise<ReaderAnswers[ReaderTask['kind']]> {
    return reader.run(task)
  }
}
