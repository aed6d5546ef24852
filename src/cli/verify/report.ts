import type { VerifyProblem, VerifyReport } from '../../main/index.js'
import { formatDuration, formatNumberOf } from '../format.js'
import { printable } from '../format.js'

/** A report to read: one problem a line, and the verdict at the end. */
export function describeReport(report: VerifyReport): string {
  const { path, isOk, problems, hasMoreProblems, checkedRows, elapsedMs } = report
  const more = hasMoreProblems ? ' or more' : ''
  const verdict = isOk ? 'ok' : `${formatNumberOf(problems.length, 'problem')}${more}`
  // On PostgreSQL no row has a checksum that it could be compared with.
  const done = checkedRows === 0 ? 'checked' : `${formatNumberOf(checkedRows, 'row')} compared`
  const work = `${done} in ${formatDuration(elapsedMs / 1000)}`
  return [...problems.map(describeProblem), `${printable(path)}: ${verdict} (${work})`]
    .map((line) => `${line}\n`)
    .join('')
}

function describeProblem({ check, table, key, message }: VerifyProblem): string {
  const where = [table, key].filter((part) => part !== undefined).join(' ')
  return printable([check, where, message].filter((part) => part !== '').join(': '))
}
