import type { CaseReport, SideReport } from '../../run/case-report.js'
import type { MetricName } from '../../run/metrics.js'
import { drawLineChart } from '../charts/line-chart.js'

const depths: readonly (readonly [depth: number, metric: MetricName])[] = [
  [1, 'recallAt1'],
  [5, 'recallAt5'],
  [10, 'recall'],
  [20, 'recallAt20'],
  [50, 'recallAt50'],
]

const valueOf = ({ metrics }: SideReport, metric: MetricName): number => metrics[metric]?.median ?? Number.NaN

/** A line for each way to look: how often what is looked for is among the first so many. */
export function recallByDepth({ name, sides }: CaseReport): string | undefined {
  if (sides.length === 0) return undefined
  return drawLineChart({
    title: `${name}: found among the first k`,
    x: { label: 'k', places: depths.map(([depth]) => String(depth)) },
    y: { label: 'recall@k' },
    lines: sides.map((side) => ({
      label: side.label,
      points: depths.map(([depth, metric]) => [String(depth), valueOf(side, metric)]),
    })),
  })
}

/** A line for each kind of search, by the number of messages. */
export function latencyByRows({ name, sides }: CaseReport): string | undefined {
  const inLines = sides.filter(({ line }) => line !== undefined)
  if (inLines.length === 0) return undefined
  const labels = [...new Set(inLines.map(({ line }) => line ?? ''))]
  const sizes = [...new Set(inLines.map(({ input }) => input.rows))]
  return drawLineChart({
    title: `${name}: 95th percentile by the number of messages`,
    x: { label: 'messages', places: sizes.map((size) => size.toLocaleString('en')) },
    y: { label: 'milliseconds (logarithmic)', isLogarithmic: true },
    lines: labels.map((label) => ({
      label,
      points: inLines
        .filter(({ line }) => line === label)
        .map((side) => [side.input.rows.toLocaleString('en'), valueOf(side, 'latencyP95Ms')]),
    })),
  })
}
