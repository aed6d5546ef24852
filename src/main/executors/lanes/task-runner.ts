import type { Transferable } from 'node:worker_threads'

/**
 * Carries a task to where it runs: a worker pool, or a link to the writer. Answers are typed by the caller, who knows
 * which task yields what; the workers' exhaustive switches keep the two in step.
 */
export interface TaskRunner<Task> {
  /** How many tasks it works on at once. */
  readonly threads: number
  /**
   * Rejects only when whoever ran the task is lost: errors of the work itself are answers. Where `signal` means something,
   * it ends the thread that runs the task.
   */
  run<Answer>(task: Task, transferList?: Transferable[], signal?: AbortSignal): Promise<Answer>
}
