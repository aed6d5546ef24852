import type { GrowthPoint } from '../measure/growth.js'
import type { Measured } from '../sides/side.js'
import { growthMetrics, lastLookMetrics } from './growth-metrics.js'

interface Metric {
  /** A column's heading; `{items}` stands for what the case counts. */
  readonly title: string
  readonly better: 'more' | 'less'
  readonly digits: number
  of(measured: Measured): number | undefined
}

const first = ({ growth }: Measured): GrowthPoint | undefined => growth?.[0]
const last = ({ growth }: Measured): GrowthPoint | undefined => growth?.at(-1)

/** The last point's value as a multiple of the first one's. */
const growthOf =
  (value: (point: GrowthPoint) => number) =>
  ({ growth }: Measured): number | undefined => {
    const [from, to] = [growth?.[0], growth?.at(-1)]
    return from === undefined || to === undefined ? undefined : value(to) / value(from)
  }

const microsecondsPerMs = 1000

/** Every figure that tables and targets may name. */
const definitions = {
  perSecond: {
    title: '{items}/s',
    better: 'more',
    digits: 0,
    of: ({ items, elapsedMs }) => items / (elapsedMs / 1000),
  },
  latencyP50Ms: { title: 'p50, ms', better: 'less', digits: 3, of: ({ latencyMs }) => latencyMs?.p50 },
  latencyP95Ms: { title: 'p95, ms', better: 'less', digits: 3, of: ({ latencyMs }) => latencyMs?.p95 },
  latencyP99Ms: { title: 'p99, ms', better: 'less', digits: 3, of: ({ latencyMs }) => latencyMs?.p99 },
  latencyP999Ms: { title: 'p99.9, ms', better: 'less', digits: 3, of: ({ latencyMs }) => latencyMs?.p999 },
  latencyMaxMs: { title: 'max, ms', better: 'less', digits: 3, of: ({ latencyMs }) => latencyMs?.max },
  busyShare: {
    title: 'main thread busy, share',
    better: 'less',
    digits: 3,
    of: ({ eventLoop }) => eventLoop?.utilization,
  },
  busyUsPerItem: {
    title: 'event loop, us/item',
    better: 'less',
    digits: 1,
    of: ({ eventLoop, elapsedMs, items }) =>
      eventLoop && (eventLoop.utilization * elapsedMs * microsecondsPerMs) / items,
  },
  cpuUsPerItem: {
    title: 'its processor time, us/item',
    better: 'less',
    digits: 1,
    of: ({ eventLoop, items }) => eventLoop?.cpuMs && (eventLoop.cpuMs * microsecondsPerMs) / items,
  },
  delayP99Ms: {
    title: 'loop delay p99, ms',
    better: 'less',
    digits: 1,
    of: ({ eventLoop }) => eventLoop?.delayMs.p99,
  },
  writesPerSecond: {
    title: 'writes/s',
    better: 'more',
    digits: 0,
    of: ({ writesPerSecond }) => writesPerSecond,
  },
  recallAt1: { title: 'recall@1', better: 'more', digits: 3, of: ({ quality }) => quality?.recallAt1 },
  recallAt5: { title: 'recall@5', better: 'more', digits: 3, of: ({ quality }) => quality?.recallAt5 },
  recallAt20: { title: 'recall@20', better: 'more', digits: 3, of: ({ quality }) => quality?.recallAt20 },
  recallAt50: { title: 'recall@50', better: 'more', digits: 3, of: ({ quality }) => quality?.recallAt50 },
  reciprocalRank: { title: 'MRR', better: 'more', digits: 3, of: ({ quality }) => quality?.reciprocalRank },
  recall: { title: 'recall@10', better: 'more', digits: 3, of: ({ recall }) => recall },
  firstPerSecond: {
    title: '{items}/s at first',
    better: 'more',
    digits: 0,
    of: (measured) => first(measured)?.perSecond,
  },
  lastPerSecond: {
    title: '{items}/s at last',
    better: 'more',
    digits: 0,
    of: (measured) => last(measured)?.perSecond,
  },
  perSecondGrowth: {
    title: '{items}/s, last / first',
    better: 'more',
    digits: 2,
    of: growthOf(({ perSecond }) => perSecond),
  },
  lastPageMs: {
    title: 'page at last, ms',
    better: 'less',
    digits: 3,
    of: (measured) => last(measured)?.pageMs,
  },
  pageMsGrowth: {
    title: 'page, last / first',
    better: 'less',
    digits: 2,
    of: growthOf(({ pageMs }) => pageMs),
  },
  lastHeapMib: {
    title: 'heap at last, MiB',
    better: 'less',
    digits: 1,
    of: (measured) => last(measured)?.heapMib,
  },
  heapGrowth: {
    title: 'heap, last / first',
    better: 'less',
    digits: 2,
    of: growthOf(({ heapMib }) => heapMib),
  },
  lastRssMib: {
    title: 'RSS at last, MiB',
    better: 'less',
    digits: 0,
    of: (measured) => last(measured)?.rssMib,
  },
  ...growthMetrics,
  ...lastLookMetrics,
  oneToOne: {
    title: '1-1 overlap, %',
    better: 'more',
    digits: 1,
    of: ({ agreement }) => agreement && 100 * agreement.oneToOne,
  },
  variation: {
    title: 'VI (1 - scaled), %',
    better: 'more',
    digits: 1,
    of: ({ agreement }) => agreement && 100 * agreement.variation,
  },
  meanOneToOne: {
    title: 'mean 1-1, %',
    better: 'more',
    digits: 1,
    of: ({ agreement }) => agreement && 100 * agreement.meanOneToOne,
  },
  meanVariation: {
    title: 'mean VI, %',
    better: 'more',
    digits: 1,
    of: ({ agreement }) => agreement && 100 * agreement.meanVariation,
  },
  rssMib: { title: 'RSS, MiB', better: 'less', digits: 0, of: ({ rssMib }) => rssMib },
  peakRssMib: {
    title: 'peak RSS, MiB',
    better: 'less',
    digits: 0,
    of: ({ peakRssMib }) => peakRssMib,
  },
} satisfies Record<string, Metric>

export type MetricName = keyof typeof definitions

export const metrics: Readonly<Record<MetricName, Metric>> = definitions

const isMetricName = (name: string): name is MetricName => Object.hasOwn(definitions, name)

export const metricNames: readonly MetricName[] = Object.keys(definitions).filter(isMetricName)

export const metricTitle = (name: MetricName, items: string): string =>
  metrics[name].title.replace('{items}', items)

/** A figure as text, with the metric's digits. */
export const formatMetric = (name: MetricName, value: number): string =>
  formatNumber(value, metrics[name].digits)

export const formatNumber = (value: number, digits: number): string =>
  new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
    value,
  )
