import type { CaseReport } from '../../run/case-report.js'
import { drawLineChart } from '../svg/line-chart.js'

/** A line for each library, by the number of calls in flight. */
export function throughputByConcurrency({ name, items, sides }: CaseReport): string | undefined {
  const inLines = sides.filter(({ line }) => line !== undefined)
  if (inLines.length === 0) return undefined
  const labels = [...new Set(inLines.map(({ line }) => line ?? ''))]
  const levels = [...new Set(inLines.map(({ input }) => input.concurrency))]
  return drawLineChart({
    title: `${name}: ${items}/s by calls in flight`,
    x: {
      label: 'calls in flight (logarithmic)',
      kind: 'log',
      ticks: levels.map((level) => [level, String(level)]),
    },
    y: { label: `${items}/s (logarithmic)`, kind: 'log' },
    lines: labels.map((label) => ({
      label,
      points: inLines
        .filter(({ line }) => line === label)
        .map(({ input, metrics }) => [input.concurrency, metrics.perSecond?.median ?? Number.NaN]),
    })),
  })
}
