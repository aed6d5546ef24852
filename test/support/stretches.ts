/** CPU time of this thread alone, in milliseconds; of the process where Node does not know it of threads. */
export function cpuMs(): number {
  const { user, system } = (process.threadCpuUsage ?? process.cpuUsage)()
  return (user + system) / 1000
}

/**
 * The longest stretch of work between two turns of the event loop, in milliseconds of CPU time: what other programs do
 * meanwhile does not count, so that a busy machine changes nothing.
 */
export async function longestStretch(work: () => Promise<unknown>): Promise<number> {
  let longestMs = 0
  let isOver = false
  let atMs = cpuMs()
  const note = (): void => {
    const nowMs = cpuMs()
    longestMs = Math.max(longestMs, nowMs - atMs)
    atMs = nowMs
  }
  const watch = (): void => {
    note()
    if (!isOver) setImmediate(watch)
  }
  setImmediate(watch)
  try {
    await work()
  } finally {
    isOver = true
    note()
  }
  return longestMs
}
