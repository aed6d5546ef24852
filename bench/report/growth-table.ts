import { figureNames, figures, growthOf } from '../growing/figures.js'
import type { SideReport } from '../run/case-report.js'
import { formatNumber } from '../run/metrics.js'
import type { Table } from './case-table.js'

/** A line for each figure, a column for each size at which a side was looked at closely; undefined where it was not. */
export function growthTable({ label, looks = [] }: SideReport): Table | undefined {
  const seen = figureNames.filter((name) => looks.some((look) => look.figures[name] !== undefined))
  if (seen.length === 0) return undefined
  const heading = [label, ...looks.map(({ messages }) => formatNumber(messages, 0)), 'last / first']
  return [
    heading,
    ...seen.map((name) => {
      const { title, digits } = figures[name]
      return [
        title,
        ...looks.map((look) => format(look.figures[name], digits)),
        format(growthOf(looks, name), 2),
      ]
    }),
  ]
}

const format = (value: number | undefined, digits: number): string =>
  value === undefined ? '-' : formatNumber(value, digits)
