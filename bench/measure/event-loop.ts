import { monitorEventLoopDelay, performance } from 'node:perf_hooks'

/** How free the calling thread stayed. */
export interface EventLoopReport {
  /** The share of the time in which the thread was busy, 0 to 1. */
  readonly utilization: number
  readonly delayP99Ms: number
}

const resolutionMs = 1

/** Watches this thread's event loop until the returned function is called. */
export function watchEventLoop(): () => EventLoopReport {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs })
  histogram.enable()
  const start = performance.eventLoopUtilization()
  return () => {
    const { utilization } = performance.eventLoopUtilization(start)
    histogram.disable()
    // Node records the whole time from one timer to the next, so the interval itself comes off.
    return { utilization, delayP99Ms: Math.max(0, histogram.percentile(99) / 1e6 - resolutionMs) }
  }
}
