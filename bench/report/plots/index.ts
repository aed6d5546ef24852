import type { PlotName } from '../../cases/case.js'
import type { CaseReport } from '../../run/case-report.js'
import { bars } from './bars.js'
import { eventLoopDelay, eventLoopShare } from './event-loop.js'
import { growingMemory, growingPages, growingStores } from './growth.js'
import { latency } from './latency.js'
import { latencyByRows, recallByDepth } from './search.js'
import { throughputByConcurrency } from './throughput.js'

/** Draws one picture of a case; undefined when nothing was measured that it could show. */
type Draw = (report: CaseReport) => string | undefined

const drawings: Readonly<Record<PlotName, Readonly<Record<string, Draw>>>> = {
  bars: { speed: bars },
  'throughput-by-concurrency': { throughput: throughputByConcurrency },
  latency: { latency },
  'event-loop': { delay: eventLoopDelay, busy: eventLoopShare },
  growth: { speed: growingStores, pages: growingPages },
  memory: { memory: growingMemory },
  'recall-by-depth': { quality: recallByDepth },
  'latency-by-rows': { latency: latencyByRows },
}

export interface Plot {
  readonly fileName: string
  readonly title: string
  readonly svg: string
}

/** The pictures that a case asks for. */
export const plotsOf = (report: CaseReport): readonly Plot[] =>
  report.plots.flatMap((plot) =>
    Object.entries(drawings[plot]).flatMap(([suffix, draw]) => {
      const svg = draw(report)
      const fileName = `${report.name}-${suffix}.svg`
      return svg === undefined ? [] : [{ fileName, title: `${report.name}: ${suffix}`, svg }]
    }),
  )
