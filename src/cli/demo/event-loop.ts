import { monitorEventLoopDelay, performance } from 'node:perf_hooks'

export interface EventLoopReport {
  /** How much later than asked a timer of this thread fired. */
  readonly delayMs: { readonly p50: number; readonly p99: number; readonly max: number }
  /** The share of the time in which this thread was busy, 0 to 1. */
  readonly utilization: number
}

const resolutionMs = 1
const nanosecondsPerMs = 1e6

/** Watches this thread's event loop until the returned function is called. */
export function watchEventLoop(): () => EventLoopReport {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs })
  histogram.enable()
  const start = performance.eventLoopUtilization()
  // Node records the whole time from one timer to the next, so the interval itself comes off.
  const delayMs = (nanoseconds: number): number => Math.max(0, nanoseconds / nanosecondsPerMs - resolutionMs)
  return () => {
    const { utilization } = performance.eventLoopUtilization(start)
    histogram.disable()
    return {
      delayMs: {
        p50: delayMs(histogram.percentile(50)),
        p99: delayMs(histogram.percentile(99)),
        max: delayMs(histogram.max),
      },
      utilization,
    }
  }
}
