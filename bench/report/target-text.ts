import { formatNumber, metricTitle } from '../run/metrics.js'
import type { CaseReport } from '../run/case-report.js'
import type { TargetReport } from '../run/target-report.js'
import { letterOf } from './case-table.js'

export interface TargetText {
  readonly wanted: string
  readonly measured: string
  readonly verdict: 'met' | 'missed' | 'not measured'
}

/** What a target asks for, what came out, and whether that is enough. */
export function targetText(report: CaseReport, target: TargetReport): TargetText {
  const { side, metric, relation, limit, against, value, met, missing } = target
  const letter = (name: string): string => letterOf(report, name) ?? name
  const title = metricTitle(metric, report.items)
  const others = against?.sides.map(letter).join(against.take === 'sum' ? ' + ' : ', ')
  const several = against !== undefined && against.sides.length > 1 && against.take === 'best'
  const wanted =
    others === undefined
      ? `${letter(side)} ${title}: ${relation} ${limit}`
      : `${letter(side)} ${title}: ${relation} ${limit} x ${several ? `the best of ${others}` : others}`
  const gap = missing.length === 0 ? '' : ` (without ${missing.join(', ')})`
  return {
    wanted,
    measured: value === null ? `-${gap}` : `${formatNumber(value, 2)}${gap}`,
    verdict: met === null ? 'not measured' : met ? 'met' : 'missed',
  }
}
