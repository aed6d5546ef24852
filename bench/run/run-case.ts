import type { BenchCase, CaseSide, Scale } from '../cases/case.js'
import { whyMissing } from '../peers-folder.js'
import { chunk } from '../rows.js'
import { requirements } from '../sides/index.js'
import type { CaseReport, SideReport, SkippedSide } from './case-report.js'
import { loadOfLastMinute } from '../measure/load.js'
import type { RunOneSide, SideRun } from './quiet-runner.js'
import { summarize } from './summarize.js'
import { judgeTarget } from './target-report.js'

export interface RunOptions {
  readonly scale: Scale
  /** Rounds instead of the case's own number. */
  readonly rounds: number | undefined
  readonly runSide: RunOneSide
  /** Called after each round; throws when it makes no sense to go on. */
  onRound(): void
  onProgress(text: string): void
}

/** What is measured is measured alone; what only has to work may share the machine. */
const sidesAtOnce = { quick: 2, usual: 1, full: 1 } as const

/** Runs all sides of a case in turn, round after round, so that a change of the machine's mood meets all of them. */
export async function runCase(benchCase: BenchCase, options: RunOptions): Promise<CaseReport> {
  const { scale, runSide, onRound, onProgress } = options
  const loadBefore = loadOfLastMinute()
  const rounds = options.rounds ?? benchCase.rounds[scale]
  const all = benchCase.sides(scale)
  const skipped = all.flatMap(whySkipped)
  const chosen = all.filter(({ name }) => !skipped.some((side) => side.name === name))
  for (const { name, reason } of skipped) onProgress(`${benchCase.name}: ${name} is skipped: ${reason}`)
  const runs = new Map<CaseSide, SideRun[]>(chosen.map((side) => [side, []]))
  for (let round = 1; round <= rounds; round += 1) {
    for (const together of chunk([...runs], sidesAtOnce[scale])) {
      await Promise.all(
        together.map(async ([side, results]) => {
          const result = await runSide(side)
          results.push(result)
          onProgress(`${benchCase.name}, round ${round}: ${side.name} ${describeRun(result)}`)
        }),
      )
    }
    onRound()
  }
  const summaries = [...runs].map(([side, results]) =>
    summarize(
      side,
      results.map(({ measured }) => measured),
    ),
  )
  const sides = summaries.map((side) => ({ ...side, ratios: ratiosOf(benchCase, side, summaries) }))
  const { name, about, items, metrics, baselines, plots } = benchCase
  const targets = benchCase.targets.map((target) => judgeTarget(target, sides))
  const load = { before: loadBefore, after: loadOfLastMinute() }
  const quietness = quietnessOf(runs)
  return {
    name,
    about,
    items,
    metrics,
    baselines,
    plots,
    rounds,
    sides,
    skipped,
    targets,
    load,
    ...quietness,
  }
}

function describeRun({ measured, repetitions, disturbance }: SideRun): string {
  const took = `took ${Math.round(measured.elapsedMs)} ms`
  const again = repetitions === 0 ? '' : `, run ${repetitions + 1} times`
  return `${took}${again}${disturbance === undefined ? '' : `, disturbed: ${disturbance.reason}`}`
}

function quietnessOf(
  runs: ReadonlyMap<CaseSide, readonly SideRun[]>,
): Pick<CaseReport, 'repetitions' | 'disturbed'> {
  const all = [...runs].flatMap(([{ name }, results]) =>
    results.map((result, index) => ({ ...result, side: name, round: index + 1 })),
  )
  return {
    repetitions: all.reduce((sum, { repetitions }) => sum + repetitions, 0),
    disturbed: all.flatMap(({ side, round, disturbance }) =>
      disturbance === undefined ? [] : [{ side, round, ...disturbance }],
    ),
  }
}

function whySkipped({ name, label, side }: CaseSide): SkippedSide | [] {
  const requirement = requirements[side]
  const reason = requirement && whyMissing(requirement)
  return reason === undefined ? [] : { name, label, reason }
}

function ratiosOf(
  { metrics: [metric], baselines }: BenchCase,
  side: Omit<SideReport, 'ratios'>,
  sides: readonly Omit<SideReport, 'ratios'>[],
): Record<string, number> {
  const own = side.metrics[metric]?.median
  return Object.fromEntries(
    baselines.flatMap((baseline): [string, number][] => {
      const other = sides.find(({ name }) => name === baseline)?.metrics[metric]?.median
      return own === undefined || other === undefined ? [] : [[baseline, own / other]]
    }),
  )
}
