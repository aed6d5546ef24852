import type { CaseReport, SideReport, Spread } from '../run/case-report.js'
import { formatMetric, formatNumber, metricTitle, type MetricName } from '../run/metrics.js'

/** Cells of text, the heading first; text and Markdown lay them out in their own way. */
export type Table = readonly (readonly string[])[]

/** A letter for each side, by which columns name it. */
export function letterOf({ sides }: Pick<CaseReport, 'sides'>, name: string): string | undefined {
  const index = sides.findIndex((side) => side.name === name)
  return index === -1 ? undefined : `(${String.fromCodePoint(97 + index)})`
}

/** A line for each side: its figures with their range over the rounds, and how it compares with each baseline. */
export function caseTable(report: CaseReport): Table {
  const baselines = report.baselines.filter((baseline) => letterOf(report, baseline) !== undefined)
  const columns = report.metrics.filter((metric) =>
    report.sides.some((side) => side.metrics[metric] !== undefined),
  )
  const heading = [
    '',
    'rows',
    ...columns.flatMap((metric, index) =>
      index === 0 && report.rounds > 1
        ? [metricTitle(metric, report.items), 'min to max']
        : [metricTitle(metric, report.items)],
    ),
    ...baselines.map((baseline) => `x ${letterOf(report, baseline)}`),
  ]
  const lines = report.sides.map((side) => [
    `${letterOf(report, side.name)} ${side.label}`,
    formatNumber(side.input.rows, 0),
    ...columns.flatMap((metric, index) => cells(side, metric, index === 0 && report.rounds > 1)),
    ...baselines.map((baseline) => formatRatio(side.ratios[baseline])),
  ])
  return [heading, ...lines]
}

function cells({ metrics }: SideReport, metric: MetricName, hasRange: boolean): string[] {
  const spread = metrics[metric]
  const value = spread === undefined ? '-' : formatMetric(metric, spread.median)
  return hasRange ? [value, formatRange(metric, spread)] : [value]
}

const formatRange = (metric: MetricName, spread: Spread | undefined): string =>
  spread === undefined ? '-' : `${formatMetric(metric, spread.min)} to ${formatMetric(metric, spread.max)}`

const formatRatio = (ratio: number | undefined): string =>
  ratio === undefined ? '-' : formatNumber(ratio, 2)
