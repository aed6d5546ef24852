import type { CaseReport } from '../../run/case-report.js'
import { barsOf } from './bars.js'
import { drawQuantiles } from './latency.js'

/** How late timers of the calling thread fired. */
export const eventLoopDelay = ({ name, sides }: CaseReport): string | undefined =>
  drawQuantiles(
    `${name}: event-loop delay`,
    'milliseconds (logarithmic)',
    sides.flatMap(({ label, delayMs }) => (delayMs === undefined ? [] : [{ label, quantiles: delayMs }])),
  )

/** The share of the time in which the calling thread was busy. */
export const eventLoopShare = (report: CaseReport): string | undefined => barsOf(report, 'busyShare')
