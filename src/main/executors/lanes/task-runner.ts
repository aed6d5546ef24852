import type { Transferable } from 'node:worker_threads'

/**
 * Carries a task to where it runs: a worker pool, or a port to another thread. Answers are typed by the caller, who knows
 * which task yields what; the workers' exhaustive switches keep the two in step.
 */
export interface TaskRunner<Task> {
  /** How many tasks it works on at once. */
  readonly threads: number
  /** Rejects only when whoever ran the task is lost: errors of the work itself are answers. */
  run<Answer>(task: Task, transferList?: Transferable[]): Promise<Answer>
}
