import type { CaseReport } from '../run/case-report.js'
import { letterOf } from './case-table.js'

/** How busy the machine was, and whether that tells on the figures. */
export function quietnessText(report: CaseReport): string {
  const { load, repetitions, disturbed } = report
  const runs = disturbed.map(
    ({ side, round, reason }) => `${letterOf(report, side) ?? side} in round ${round} (${reason})`,
  )
  return [
    `Load ${load.before.toFixed(1)} before, ${load.after.toFixed(1)} after.`,
    repetitions === 0 ? '' : `Disturbed and run again: ${repetitions}.`,
    runs.length === 0 ? '' : `Disturbed, and counted all the same: ${runs.join(', ')}.`,
  ]
    .filter((part) => part !== '')
    .join(' ')
}
