import fc, { type RunDetails } from 'fast-check'
import type { DatabaseManager } from 'convodb'
import { plannedWrites, type PlannedWrite } from './arbitraries.js'
import { checkRun, type RunFigures } from './check-run.js'
import type { Model } from './model.js'
import { ways } from './ways.js'

export interface ModelFigures extends Omit<RunFigures, 'endings'> {
  readonly runs: number
  readonly endings: ReadonlySet<string>
}

/** All of a run's calls in one transaction, or a few in each, so that some commit without a failing one beside them. */
export const batchSizes = [5_000, 4] as const

/**
 * Compares databases with the model, run after run; databases and ways of making the writes take turns.
 *
 * @returns what was done. @throws what differs, with the seed and path that bring it back.
 */
export async function checkModel(
  databases: readonly DatabaseManager[],
  model: Model,
  runs: number,
): Promise<ModelFigures> {
  const figures = { runs: 0, writes: 0, poisoned: 0, failed: 0, endings: new Set<string>() }
  await fc.assert(
    fc.asyncProperty(plannedWrites, async (planned) => {
      figures.runs += 1
      const db = inTurn(databases, figures.runs)
      const way = inTurn(ways, Math.floor(figures.runs / databases.length))
      const run = await checkRun(db, model, planned, `run ${figures.runs} `, way)
      const { writes, poisoned, failed, endings } = run
      figures.writes += writes
      figures.poisoned += poisoned
      figures.failed += failed
      for (const ending of endings) figures.endings.add(ending)
    }),
    { numRuns: runs },
  )
  return figures
}

function inTurn<Item>(items: readonly Item[], run: number): Item {
  const item = items[run % items.length]
  if (item === undefined) throw new RangeError('There is nothing to take turns')
  return item
}

/** Whether the comparison fails for a wrong model, within a few runs. */
export async function isNoticed(db: DatabaseManager, wrong: Model): Promise<boolean> {
  let run = 0
  const details: RunDetails<[PlannedWrite[]]> = await fc.check(
    fc.asyncProperty(plannedWrites, async (planned) => {
      run += 1
      await checkRun(db, wrong, planned, `control ${run} `, inTurn(ways, 0))
    }),
    { numRuns: 30, endOnFailure: true },
  )
  return details.failed
}
