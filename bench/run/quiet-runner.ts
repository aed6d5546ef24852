import type { CaseSide } from '../cases/case.js'
import { calibrate, fastest } from '../measure/calibration.js'
import { foreignShare, readProcessorTime } from '../measure/processor-time.js'
import type { Measured } from '../sides/side.js'
import { disturbanceOf, type Disturbance } from './disturbance.js'
import { runSide } from './run-side.js'

/** One run of a side that counts, and how quiet the machine was meanwhile. */
export interface SideRun {
  readonly measured: Measured
  /** Runs that were thrown away. */
  readonly repetitions: number
  /** Of the run that counts: it is the quietest one there was. */
  readonly disturbance: Disturbance | undefined
}

export type RunOneSide = (side: CaseSide) => Promise<SideRun>

const mostRuns = 3
/** After so many sides in a row that no repetition helped, the machine is taken for a busy one: runs are marked, not repeated. */
const mostInVain = 3
/** What takes longer is not run again: the rest of the machine never stays quiet for so long. */
const longestToRepeatMs = 5 * 60_000

/** Runs a side once, whoever else is at work: where figures mean nothing anyway. */
export const runWithoutLooking =
  (folder: string): RunOneSide =>
  async (side) => ({ measured: await runSide(side, folder), repetitions: 0, disturbance: undefined })

/**
 * Runs a side and looks at the machine before, meanwhile and after; what it disturbed is run again, up to three times in
 * all, of which the quietest counts. One runner a run of the benchmark: it remembers the machine's best.
 */
export async function createQuietRunner(folder: string): Promise<RunOneSide> {
  let best = await calibrate(folder)
  let inVain = 0
  const runOnce = async (side: CaseSide): Promise<SideRun> => {
    const before = await calibrate(folder)
    const from = readProcessorTime()
    const measured = await runSide(side, folder)
    const to = readProcessorTime()
    const after = await calibrate(folder)
    best = fastest(best, fastest(before, after))
    const share = from && to && foreignShare(from, to)
    const surroundings = { calibrations: [before, after], foreignShare: share }
    return { measured, repetitions: 0, disturbance: disturbanceOf(surroundings, best) }
  }
  return async (side) => {
    const startMs = performance.now()
    let quietest = await runOnce(side)
    const tookMs = performance.now() - startMs
    const runs = inVain < mostInVain && tookMs <= longestToRepeatMs ? mostRuns : 1
    for (let repetitions = 1; repetitions < runs; repetitions += 1) {
      if (quietest.disturbance === undefined) break
      const again = await runOnce(side)
      const isQuieter = degreeOf(again.disturbance) < degreeOf(quietest.disturbance)
      quietest = { ...(isQuieter ? again : quietest), repetitions }
    }
    inVain = quietest.disturbance === undefined ? 0 : inVain + 1
    return quietest
  }
}

const degreeOf = (disturbance: Disturbance | undefined): number => disturbance?.degree ?? 0
