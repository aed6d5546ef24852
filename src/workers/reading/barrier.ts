import type { Barrier } from '../../protocol/messages.js'

/**
 * Holds this thread until as many tasks as expected have arrived. A pool hands each of its threads one task at a time,
 * so tasks that wait for each other run on different threads: that is how a task reaches every one.
 */
export function meetAt({ arrived, expected, patienceMs }: Barrier): void {
  Atomics.add(arrived, 0, 1)
  Atomics.notify(arrived, 0)
  const deadline = performance.now() + patienceMs
  for (let count = Atomics.load(arrived, 0); count < expected; count = Atomics.load(arrived, 0)) {
    if (Atomics.wait(arrived, 0, count, deadline - performance.now()) === 'timed-out') return
  }
}
