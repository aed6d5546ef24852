import type { Transferable } from 'node:worker_threads'
import type { ReaderAnswers, WriterAnswers } from '../../../protocol/answers.js'
import type { ReaderTask, WriterTask } from '../../../protocol/tasks.js'

/** Carries a task to where it runs, a worker pool or a link to the writer, and brings the answer that is for its kind. */
interface TaskRunner<
  AnyTask extends { readonly kind: string },
  Answers extends Record<AnyTask['kind'], unknown>,
> {
  /** How many tasks it works on at once. */
  readonly threads: number
  /**
   * Rejects only when whoever ran the task is lost: errors of the work itself are answers. Where `signal` means something,
   * it ends the thread that runs the task.
   */
  run<Task extends AnyTask>(
    task: Task,
    transferList?: Transferable[],
    signal?: AbortSignal,
  ): Promise<Answers[Task['kind']]>
}

export type ReaderRunner = TaskRunner<ReaderTask, { [Kind in keyof ReaderAnswers]: ReaderAnswers[Kind] }>
export type WriterRunner = TaskRunner<WriterTask, { [Kind in keyof WriterAnswers]: WriterAnswers[Kind] }>
