import type { DatabaseManager } from 'convodb'

const everyMs = 5
const mostUnderWay = 1_000

/** How long one piece of work took, and what it did to those who store meanwhile. */
export interface WorkReport<Result> {
  readonly result: Result
  readonly elapsedMs: number
  /** From a call of storeMessage to its answer, the longest. */
  readonly longestWaitMs: number
}

/** Stores a message every 5 ms, whatever the answers do, for as long as the work takes. */
export async function storeBeside<Result>(
  db: DatabaseManager,
  name: string,
  work: () => Promise<Result>,
): Promise<WorkReport<Result>> {
  const calls: Promise<number>[] = []
  let underWay = 0
  const store = async (): Promise<number> => {
    const callMs = performance.now()
    underWay += 1
    await db.storeMessage({
      messageId: `${name}-${calls.length}`,
      channelId: 'beside',
      userId: 'beside',
      content: 'beside',
      timestamp: Date.now(),
    })
    underWay -= 1
    return performance.now() - callMs
  }
  const call = (): void => {
    if (underWay < mostUnderWay) calls.push(store())
  }
  const timer = setInterval(call, everyMs)
  const startMs = performance.now()
  call()
  try {
    const result = await work()
    const elapsedMs = performance.now() - startMs
    clearInterval(timer)
    return { result, elapsedMs, longestWaitMs: Math.max(...(await Promise.all(calls))) }
  } finally {
    clearInterval(timer)
  }
}
