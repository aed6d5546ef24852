import { median } from './measure/statistics.js'
import type { EventLoopReport } from './measure/event-loop.js'
import type { Measured } from './peer.js'
import type { PeerName } from './peers/index.js'
import type { BenchCase, Size } from './cases/case.js'
import { runSide } from './run-side.js'

export interface SideReport {
  readonly peer: PeerName
  readonly label: string
  /** Items a second, one a round. */
  readonly rates: readonly number[]
  readonly median: number
  readonly min: number
  readonly max: number
  /** How many times as fast as each baseline, by medians. */
  readonly ratios: Readonly<Record<string, number>>
  /** Of the round with the median rate, or next to it. */
  readonly eventLoop?: EventLoopReport
}

export interface CaseReport {
  readonly name: string
  readonly about: string
  readonly unit: string
  readonly size: Size
  readonly baselines: readonly PeerName[]
  readonly sides: readonly SideReport[]
}

export interface Progress {
  (peer: PeerName, round: number, measured: Measured): void
}

const rateOf = ({ items, elapsedMs }: Measured): number => items / (elapsedMs / 1000)

/** Runs all sides of a case in turn, round after round, so that a change of the machine's mood meets all of them. */
export async function runCase(
  benchCase: BenchCase,
  size: Size,
  folder: string,
  onProgress: Progress,
): Promise<CaseReport> {
  const { name, about, unit, baselines, sides } = benchCase
  const results = new Map<PeerName, Measured[]>(sides.map(({ peer }) => [peer, []]))
  for (let round = 1; round <= size.rounds; round += 1) {
    for (const { peer } of sides) {
      const measured = await runSide(peer, size, folder)
      results.get(peer)?.push(measured)
      onProgress(peer, round, measured)
    }
  }
  const medianOf = (peer: PeerName): number => median((results.get(peer) ?? []).map(rateOf))
  return {
    name,
    about,
    unit,
    size,
    baselines,
    sides: sides.map(({ peer, label }) => ({
      peer,
      label,
      ...summarize(results.get(peer) ?? []),
      ratios: Object.fromEntries(
        baselines.map((baseline) => [baseline, medianOf(peer) / medianOf(baseline)]),
      ),
    })),
  }
}

function summarize(runs: readonly Measured[]): Omit<SideReport, 'peer' | 'label' | 'ratios'> {
  const rates = runs.map(rateOf)
  const sorted = runs.toSorted((left, right) => rateOf(left) - rateOf(right))
  const eventLoop = sorted[Math.floor(sorted.length / 2)]?.eventLoop
  return {
    rates,
    median: median(rates),
    min: Math.min(...rates),
    max: Math.max(...rates),
    ...(eventLoop !== undefined && { eventLoop }),
  }
}
