import type { BenchReport } from '../run/bench-report.js'
import type { CaseReport } from '../run/case-report.js'
import { caseTable, letterOf, type Table } from './case-table.js'
import { growthTable } from './growth-table.js'
import { formatLoadAfter, formatMachine } from './machine-text.js'
import type { Plot } from './plots/index.js'
import { quietnessText } from './quietness-text.js'
import { targetText } from './target-text.js'

const commands = {
  quick: 'npm run bench -- --quick',
  usual: 'npm run bench',
  full: 'npm run bench -- --full',
}

/** The whole report; plots are linked by their file names. */
export const formatReport = (
  { startedAt, elapsedSeconds, scale, machine, loadAfter, cases }: BenchReport,
  plotsOf: (report: CaseReport) => readonly Plot[],
): string =>
  [
    '# Benchmark report',
    `\`${commands[scale]}\`, ${startedAt}, ${Math.round(elapsedSeconds)} s. ${formatMachine(machine)} ${formatLoadAfter(loadAfter)}`,
    'Each side runs in a process and a folder of its own; sides take turns, round after round; figures are medians over ' +
      'the rounds. Ratios hold within one run only. `rows` is what is stored, or was stored before reading.',
    ...cases.map((report) => formatCase(report, plotsOf(report))),
    '',
  ].join('\n\n')

function formatCase(report: CaseReport, plots: readonly Plot[]): string {
  const { name, about, rounds, sides, skipped, targets } = report
  const verdicts = targets.map((target) => targetText(report, target))
  return [
    `## ${name}`,
    `${about} ${rounds} ${rounds === 1 ? 'round' : 'rounds'}. ${quietnessText(report)}`,
    formatTable(caseTable(report)),
    ...sides.flatMap((side) => {
      const table = growthTable(side)
      return table === undefined ? [] : formatTable(table)
    }),
    ...skipped.map(({ label, reason }) => `Skipped: ${label}: ${reason}.`),
    verdicts.length === 0
      ? ''
      : formatTable([
          ['target', 'measured', ''],
          ...verdicts.map(({ wanted, measured, verdict }) => [wanted, measured, verdict]),
        ]),
    ...plots.map(({ fileName, title }) => `![${title}](${fileName})`),
    sides.map((side) => `${letterOf(report, side.name) ?? ''} ${side.engine}`).join('; '),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

/** The first column to the left, the others to the right; laid out as prettier does, so that it may be checked in. */
function formatTable(table: Table): string {
  const escaped = table.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))
  const widths = (escaped[0] ?? []).map((_, column) =>
    Math.max(3, ...escaped.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  const [heading, ...rows] = escaped.map((row) =>
    line(
      row.map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      ),
    ),
  )
  return [heading ?? '', line(rule), ...rows].join('\n')
}
