import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase, type OpenOptions } from 'convodb'
import { expect, it } from 'vitest'
import { parseDiskLog } from './disk/disk-log.js'
import { readSoundRows, writeImage } from './replay/check-image.js'
import { separateAcknowledgements } from './replay/crash-log.js'
import { crashImages, type CrashImage } from './replay/replay.js'
import { scale } from './scale.js'
import { runChild } from './support/child.js'
import { reportFigures } from './support/figures.js'
import { openLaboratory } from './support/laboratory.js'
import { scratchFolder } from './support/scratch.js'
import { describeWithShim } from './support/shim.js'
import { makePlan, type Plan } from './workload/plan.js'
import { recognizeState } from './workload/recognize.js'

const stepCount = 2_500
/** Every so many images the library itself opens the file first. */
const openEvery = 50
const scratch = scratchFolder()

interface Tally {
  images: number
  distinctImages: number
  /** Images that lack an acknowledged write. */
  losing: number
  /** Acknowledged steps that the worst of them lacks. */
  mostLost: number
}

const newTally = (): Tally => ({ images: 0, distinctImages: 0, losing: 0, mostLost: 0 })

/** Runs a workload on a logged disk and cuts its power in so many ways. */
async function torture(options: OpenOptions, seed: number, imageCount: number, tally: Tally): Promise<void> {
  const laboratory = await openLaboratory()
  const plan = makePlan(seed, stepCount)
  const stepsPath = join(laboratory.notesFolder, 'steps.json')
  await writeFile(stepsPath, JSON.stringify(plan.steps))
  const { databasePath, acknowledgementsPath, logPath, environment } = laboratory
  const task = {
    databasePath,
    acknowledgementsPath,
    stepsPath,
    options: { walAutocheckpointPages: 50, busyTimeoutMs: 100, ...options },
  }
  const { exitCode, stderr } = await runChild('run-steps', task, environment)
  expect(stderr).toBe('')
  expect(exitCode).toBe(0)

  const events = separateAcknowledgements(parseDiskLog(await readFile(logPath)), acknowledgementsPath)
  const statesByChecksum = new Map<number, number>()
  for (const image of crashImages(events, imageCount, seed)) {
    try {
      const state = statesByChecksum.get(image.checksum) ?? (await recover(image, plan))
      statesByChecksum.set(image.checksum, state)
      const lost = Math.max(0, ...image.acknowledged.map(Number)) - state
      tally.images += 1
      if (lost > 0) tally.losing += 1
      tally.mostLost = Math.max(tally.mostLost, lost)
    } catch (error) {
      throw new Error(`Image ${image.number} of ${imageCount}, seed ${seed}`, { cause: error })
    }
  }
  tally.distinctImages += statesByChecksum.size
}

/** Opens an image, expects it to be sound, and tells how many of the plan's steps are in it. */
async function recover(image: CrashImage, plan: Plan): Promise<number> {
  const path = writeImage(join(scratch, 'image'), image.files)
  const messageCount = image.number % openEvery === 0 ? await countThroughLibrary(path) : undefined
  const rows = readSoundRows(path)
  if (messageCount !== undefined) {
    expect(messageCount).toBe([...rows.keys()].filter((name) => name.startsWith('message ')).length)
  }
  return recognizeState(plan.history, rows)
}

/** Messages as the library lists them, and as it counts them. */
async function countThroughLibrary(path: string): Promise<number> {
  const db = await openDatabase(path)
  try {
    let listed = 0
    for (let channel = 0; channel < 10; channel += 1) {
      for await (const _ of db.iterateMessages({ channelId: `channel-${channel}` })) listed += 1
    }
    expect(await db.countMessages()).toBe(listed)
    return listed
  } finally {
    await db.close()
  }
}

const report = (name: string, { images, distinctImages, losing, mostLost }: Tally, startMs: number): void =>
  reportFigures(name, {
    images,
    'of which distinct': distinctImages,
    'lacking an acknowledged write': losing,
    'acknowledged writes lost at most': mostLost,
    seconds: Math.round((performance.now() - startMs) / 1000),
  })

describeWithShim('a power failure', () => {
  it("loses no acknowledged write with durability 'full', whatever of the rest reached the disk", async () => {
    const startMs = performance.now()
    const tally = newTally()
    for (let run = 0; run < scale.powerLossRuns; run += 1) {
      await torture({ durability: 'full' }, 1_000 + run, scale.imagesPerRun, tally)
    }
    report('power loss, full', tally, startMs)
    expect(tally.losing).toBe(0)
    expect(tally.distinctImages).toBeGreaterThanOrEqual(2_000)
  })

  // The control: were nothing lost here, the test above would prove nothing.
  it("loses at most the last writes with durability 'normal', and does lose some; the file stays sound", async () => {
    const startMs = performance.now()
    const tally = newTally()
    await torture({ durability: 'normal' }, 1, scale.controlImages, tally)
    report('power loss, normal', tally, startMs)
    expect(tally.losing).toBeGreaterThan(0)
  })
})
