import type { CaseSide } from '../cases/case.js'
import { median, medianQuantiles, type Quantiles } from '../measure/statistics.js'
import type { Measured } from '../sides/side.js'
import type { SideReport, Spread } from './case-report.js'
import { metricNames, metrics } from './metrics.js'

/** All rounds of a side as one report; its ratios are the case's to add. */
export function summarize(side: CaseSide, rounds: readonly Measured[]): Omit<SideReport, 'ratios'> {
  const { name, label, line, side: sideName, input } = side
  const latencyMs = rounds.flatMap((round) => round.latencyMs ?? [])
  const delayMs = rounds.flatMap((round) => round.eventLoop?.delayMs ?? [])
  const last = rounds.at(-1)
  return {
    name,
    label,
    ...(line !== undefined && { line }),
    side: sideName,
    input,
    engine: last?.engine ?? 'unknown',
    metrics: Object.fromEntries(metricNames.flatMap((metric) => spreadOf(metric, rounds))),
    ...typical('latencyMs', latencyMs),
    ...typical('delayMs', delayMs),
    ...(last?.growth !== undefined && { growth: last.growth }),
    ...(last?.looks !== undefined && { looks: last.looks }),
  }
}

function spreadOf(
  metric: (typeof metricNames)[number],
  rounds: readonly Measured[],
): readonly (readonly [string, Spread])[] {
  const values = rounds.flatMap((round) => metrics[metric].of(round) ?? [])
  if (values.length === 0) return []
  return [
    [metric, { median: median(values), min: Math.min(...values), max: Math.max(...values), values }],
  ] as const
}

const typical = (name: 'latencyMs' | 'delayMs', rounds: readonly Quantiles[]) =>
  rounds.length === 0 ? {} : { [name]: medianQuantiles(rounds) }
