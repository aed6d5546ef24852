import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { histogramQuantiles, type Quantiles } from './statistics.js'

/** How free the calling thread stayed. */
export interface EventLoopReport {
  /** The share of the time in which the thread was busy, 0 to 1. */
  readonly utilization: number
  /** Processor time of the thread: what it did itself, without the time that others took its core from it. Not before Node 24. */
  readonly cpuMs?: number
  /** How much later than asked a timer of this thread fired. */
  readonly delayMs: Quantiles
}

const resolutionMs = 1
const settleMs = 5
const microsecondsPerMs = 1_000

/**
 * Watches this thread's event loop until the returned function is called; the watching itself keeps it 0.5 % busy. The
 * timer gets a few turns before and after, or a loop that never gave way would not be seen to be late.
 */
export async function watchEventLoop(): Promise<() => Promise<EventLoopReport>> {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs })
  histogram.enable()
  await setTimeout(settleMs)
  const start = performance.eventLoopUtilization()
  const startCpu = process.threadCpuUsage?.()
  return async () => {
    const { utilization } = performance.eventLoopUtilization(start)
    const cpu = startCpu && process.threadCpuUsage(startCpu)
    await setTimeout(settleMs)
    histogram.disable()
    // Node records the whole time from one timer to the next, so the interval itself comes off.
    return {
      utilization,
      ...(cpu && { cpuMs: (cpu.user + cpu.system) / microsecondsPerMs }),
      delayMs: histogramQuantiles(histogram, resolutionMs),
    }
  }
}
