import type { CaseReport } from '../../run/case-report.js'
import { formatMetric, metricTitle, type MetricName } from '../../run/metrics.js'
import { drawBarChart } from '../charts/bar-chart.js'

/** The case's first figure, a bar for each side. */
export const bars = (report: CaseReport): string | undefined => barsOf(report, report.metrics[0])

export function barsOf(report: CaseReport, metric: MetricName): string | undefined {
  const drawn = report.sides.flatMap(({ label, metrics }) => {
    const spread = metrics[metric]
    if (spread === undefined) return []
    const { median: value, min, max } = spread
    return [{ label, value, text: formatMetric(metric, value), min, max }]
  })
  if (drawn.length === 0) return undefined
  const title = metricTitle(metric, report.items)
  const range = report.rounds > 1 ? `; median of ${report.rounds} rounds and their range` : ''
  return drawBarChart({ title: `${report.name}: ${title}`, label: `${title}${range}`, bars: drawn })
}
