import fc, { type RunDetails } from 'fast-check'
import type { DatabaseManager } from 'convodb'
import { plannedWrites, type PlannedWrite } from './arbitraries.js'
import { checkRun, type RunFigures } from './check-run.js'
import type { Model } from './model.js'

export interface ModelFigures extends RunFigures {
  readonly runs: number
}

/**
 * Compares the database with the model, run after run.
 *
 * @returns what was done. @throws what differs, with the seed and path that bring it back.
 */
export async function checkModel(db: DatabaseManager, model: Model, runs: number): Promise<ModelFigures> {
  const figures = { runs: 0, writes: 0, poisoned: 0, failed: 0 }
  await fc.assert(
    fc.asyncProperty(plannedWrites, async (planned) => {
      figures.runs += 1
      const { writes, poisoned, failed } = await checkRun(db, model, planned, `run ${figures.runs} `)
      figures.writes += writes
      figures.poisoned += poisoned
      figures.failed += failed
    }),
    { numRuns: runs },
  )
  return figures
}

/** Whether the comparison fails for a wrong model, within a few runs. */
export async function isNoticed(db: DatabaseManager, wrong: Model): Promise<boolean> {
  let run = 0
  const details: RunDetails<[PlannedWrite[]]> = await fc.check(
    fc.asyncProperty(plannedWrites, async (planned) => {
      await checkRun(db, wrong, planned, `control ${(run += 1)} `)
    }),
    { numRuns: 30, endOnFailure: true },
  )
  return details.failed
}
