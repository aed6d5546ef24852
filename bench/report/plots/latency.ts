import { shareNames, type Quantiles } from '../../measure/statistics.js'
import type { CaseReport } from '../../run/case-report.js'
import { drawLineChart } from '../charts/line-chart.js'

const shareTexts = { p50: 'p50', p90: 'p90', p95: 'p95', p99: 'p99', p999: 'p99.9', max: 'max' } as const
const mostLines = 8
const shownConcurrency = 256

/** From the usual call to the slowest one; of sides at many concurrencies those at 256 in flight. */
export function latency(report: CaseReport): string | undefined {
  const measured = report.sides.filter(({ latencyMs }) => latencyMs !== undefined)
  const shown =
    measured.length <= mostLines
      ? measured
      : measured.filter(({ input }) => input.concurrency === shownConcurrency)
  return drawQuantiles(
    `${report.name}: latency of a call`,
    'milliseconds (logarithmic)',
    shown.flatMap(({ label, latencyMs }) =>
      latencyMs === undefined ? [] : [{ label, quantiles: latencyMs }],
    ),
  )
}

export function drawQuantiles(
  title: string,
  yLabel: string,
  sides: readonly { readonly label: string; readonly quantiles: Quantiles }[],
): string | undefined {
  if (sides.length === 0) return undefined
  return drawLineChart({
    title,
    x: { label: 'share of the values that are no larger', places: Object.values(shareTexts) },
    y: { label: yLabel, isLogarithmic: true },
    lines: sides.map(({ label, quantiles }) => ({
      label,
      points: shareNames.map((name) => [shareTexts[name], quantiles[name]]),
    })),
  })
}
