import type { CaseReport } from '../run/case-report.js'
import { caseTable, type Table } from './case-table.js'
import { growthTable } from './growth-table.js'
import { quietnessText } from './quietness-text.js'
import { targetText } from './target-text.js'

/** A case for a terminal. */
export function formatCase(report: CaseReport): string {
  const { name, about, rounds, sides, skipped, targets } = report
  return [
    `${name}: ${about}`,
    `Median of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}. ${quietnessText(report)}`,
    '',
    ...align(caseTable(report)),
    ...sides.flatMap((side) => {
      const table = growthTable(side)
      return table === undefined ? [] : ['', ...align(table), '']
    }),
    ...skipped.map(({ label, reason }) => `Skipped: ${label}: ${reason}`),
    ...targets.map((target) => {
      const { wanted, measured, verdict } = targetText(report, target)
      return `Target ${wanted}: ${measured}, ${verdict}`
    }),
  ].join('\n')
}

/** The first column to the left, numbers to the right. */
function align(table: Table): string[] {
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  )
  return table.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('   '),
  )
}
