import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { OpenOptions } from 'convodb'
import { expect } from 'vitest'
import type { StepsTask } from '../children/run-steps.js'
import { parseDiskLog, type DiskEvent } from '../disk/disk-log.js'
import { separateAcknowledgements } from '../replay/crash-log.js'
import { crashImages, type CrashImage } from '../replay/replay.js'
import { runChild } from '../support/child.js'
import { openLaboratory } from '../support/laboratory.js'
import { makePlan, type Plan } from '../workload/plan.js'
import { recoverImage } from './recover-image.js'

const stepCount = 2_500

/** A workload that was run, and everything it did to its disk. */
export interface RecordedRun {
  readonly plan: Plan
  readonly seed: number
  readonly databasePath: string
  readonly acknowledgementsPath: string
  readonly events: readonly DiskEvent[]
}

/** Runs a workload in a process of its own, on a disk that is logged. Checkpoints are frequent: its log is short. */
export async function recordRun(options: OpenOptions, seed: number): Promise<RecordedRun> {
  const { databasePath, acknowledgementsPath, logPath, notesFolder, environment } = await openLaboratory()
  const plan = makePlan(seed, stepCount)
  const task: StepsTask = {
    databasePath,
    acknowledgementsPath,
    stepsPath: join(notesFolder, 'steps.json'),
    options: { walAutocheckpointPages: 50, busyTimeoutMs: 100, ...options },
  }
  await writeFile(task.stepsPath, JSON.stringify(plan.steps))
  const { exitCode, stderr } = await runChild('run-steps', task, environment)
  expect(stderr).toBe('')
  expect(exitCode).toBe(0)
  return { plan, seed, databasePath, acknowledgementsPath, events: parseDiskLog(await readFile(logPath)) }
}

/** What images of a disk showed. */
export class Tally {
  images = 0
  distinctImages = 0
  /** Images that lack an acknowledged write. */
  losing = 0
  /** Acknowledged steps that the worst of them lacks. */
  mostLost = 0
  /** Why images were no sound database in a state of their history. */
  readonly faults: Error[] = []
}

/** Lets the power fail in so many ways and adds to the tally what is left each time. */
export async function cutPower(run: RecordedRun, imageCount: number, tally: Tally): Promise<void> {
  const { plan, seed, acknowledgementsPath } = run
  const events = separateAcknowledgements(run.events, acknowledgementsPath)
  const seen = new Map<number, number | undefined>()
  const stateOf = async (image: CrashImage): Promise<number | undefined> => {
    try {
      return await recoverImage(image, plan)
    } catch (error) {
      tally.faults.push(new Error(`image ${image.number} of ${imageCount}, seed ${seed}`, { cause: error }))
      return undefined
    }
  }
  for (const image of crashImages(events, imageCount, seed)) {
    if (!seen.has(image.checksum)) seen.set(image.checksum, await stateOf(image))
    const state = seen.get(image.checksum)
    tally.images += 1
    if (state === undefined) continue
    const lost = Math.max(0, ...image.acknowledged.map(Number)) - state
    if (lost > 0) tally.losing += 1
    tally.mostLost = Math.max(tally.mostLost, lost)
  }
  tally.distinctImages += seen.size
}
