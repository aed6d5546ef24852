import type { GrowthPoint } from '../../measure/growth.js'
import type { CaseReport } from '../../run/case-report.js'
import { drawLineChart, type LineChart } from '../charts/line-chart.js'

type Lines = LineChart['lines']

const linesOf = ({ sides }: CaseReport, valueOf: (point: GrowthPoint) => number, suffix = ''): Lines =>
  sides.flatMap(({ label, growth }) =>
    growth === undefined
      ? []
      : [{ label: `${label}${suffix}`, points: growth.map((point) => [point.messages, valueOf(point)]) }],
  )

const draw = ({ name }: CaseReport, what: string, yLabel: string, lines: Lines): string | undefined =>
  lines.length === 0
    ? undefined
    : drawLineChart({
        title: `${name}: ${what}`,
        x: { label: 'messages stored' },
        y: { label: yLabel },
        lines,
      })

export const growingStores = (report: CaseReport): string | undefined =>
  draw(
    report,
    'storing speed',
    'messages/s',
    linesOf(report, ({ perSecond }) => perSecond),
  )

export const growingPages = (report: CaseReport): string | undefined =>
  draw(
    report,
    'a page of 100, one at a time',
    'milliseconds',
    linesOf(report, ({ pageMs }) => pageMs),
  )

export const growingMemory = (report: CaseReport): string | undefined =>
  draw(report, 'memory', 'MiB', [
    ...linesOf(report, ({ rssMib }) => rssMib, ', whole process'),
    ...linesOf(report, ({ heapMib }) => heapMib, ', heap of the calling thread'),
  ])
