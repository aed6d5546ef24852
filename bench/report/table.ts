import type { CaseReport, SideReport } from '../run-case.js'

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** A case as a table of text: a line for each side, its median and range, and how it compares. */
export function formatCase({ name, about, unit, size, baselines, sides }: CaseReport): string {
  const labelOf = (peer: string): string =>
    String.fromCodePoint(97 + sides.findIndex((side) => side.peer === peer))
  const header = ['', unit, 'min to max', ...baselines.map((baseline) => `against (${labelOf(baseline)})`)]
  const rows = sides.map((side) => [
    `(${labelOf(side.peer)}) ${side.label}`,
    whole.format(side.median),
    `${whole.format(side.min)} to ${whole.format(side.max)}`,
    ...baselines.map((baseline) => `x ${(side.ratios[baseline] ?? Number.NaN).toFixed(2)}`),
  ])
  const amount = `${whole.format(size.rows)} messages${size.pages > 0 ? `, ${whole.format(size.pages)} pages` : ''}`
  return [
    `${name}: ${about}`,
    `${amount}, median of ${size.rounds} ${size.rounds === 1 ? 'round' : 'rounds'}`,
    '',
    ...align([header, ...rows]),
    ...sides.flatMap((side) => eventLoopLine(labelOf(side.peer), side)),
  ].join('\n')
}

function eventLoopLine(letter: string, { eventLoop }: SideReport): string[] {
  if (eventLoop === undefined) return []
  const busy = (100 * eventLoop.utilization).toFixed(0)
  return [
    '',
    `Main thread during (${letter}): ${busy} % busy, event-loop delay p99 ${eventLoop.delayP99Ms.toFixed(1)} ms`,
  ]
}

/** The first column to the left, numbers to the right. */
function align(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('   '),
  )
}
