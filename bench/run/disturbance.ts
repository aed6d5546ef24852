import type { Calibration } from '../measure/calibration.js'

/** What was seen of the machine around one run of a side. */
export interface Surroundings {
  /** Right before it and right after it. */
  readonly calibrations: readonly Calibration[]
  /** The share of all cores' time that others used meanwhile, 0 to 1; undefined where nobody can tell. */
  readonly foreignShare: number | undefined
}

/** A run that the machine disturbed, and how: above 1 is worth a repetition, the more the worse. */
export interface Disturbance {
  readonly degree: number
  readonly reason: string
}

/** What a quiet machine stays below, with room for what the kernel does for the side itself (syncing, interrupts). */
const mostForeignShare = 0.15
const slowestLoop = 1.3
/** A disk's speed drifts by itself, by a factor of two and more: only what is far beyond that is someone else. */
const slowestSync = 4

/**
 * Judges one run by what was seen around it and the best that this machine has shown in this run of the benchmark.
 *
 * @returns the worst of what others took, or undefined when the machine was quiet
 */
export function disturbanceOf(
  { calibrations, foreignShare = 0 }: Surroundings,
  best: Calibration,
): Disturbance | undefined {
  const loop = Math.max(...calibrations.map(({ loopMs }) => loopMs)) / best.loopMs
  const sync = Math.max(...calibrations.map(({ syncMs }) => syncMs)) / best.syncMs
  const found = [
    {
      degree: foreignShare / mostForeignShare,
      reason: `others used ${Math.round(100 * foreignShare)} % of the processors`,
    },
    { degree: loop / slowestLoop, reason: `a loop took ${loop.toFixed(1)} times as long as at best` },
    { degree: sync / slowestSync, reason: `an fsync took ${sync.toFixed(1)} times as long as at best` },
  ]
  return found.filter(({ degree }) => degree > 1).toSorted((one, other) => other.degree - one.degree)[0]
}
