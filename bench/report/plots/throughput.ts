import type { CaseReport } from '../../run/case-report.js'
import { drawLineChart } from '../charts/line-chart.js'

/** A line for each library, by the number of calls in flight. */
export function throughputByConcurrency({ name, items, sides }: CaseReport): string | undefined {
  const inLines = sides.filter(({ line }) => line !== undefined)
  if (inLines.length === 0) return undefined
  const labels = [...new Set(inLines.map(({ line }) => line ?? ''))]
  const levels = [...new Set(inLines.map(({ input }) => input.concurrency))]
  return drawLineChart({
    title: `${name}: ${items}/s by calls in flight`,
    x: { label: 'calls in flight', places: levels.map(String) },
    y: { label: `${items}/s (logarithmic)`, isLogarithmic: true },
    lines: labels.map((label) => ({
      label,
      points: inLines
        .filter(({ line }) => line === label)
        .map(({ input, metrics }) => [String(input.concurrency), metrics.perSecond?.median ?? Number.NaN]),
    })),
  })
}
