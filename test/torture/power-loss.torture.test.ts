import { expect, it } from 'vitest'
import { cutPower, recordRun, Tally } from './power-loss/cut-power.js'
import { withoutSyncsOf } from './replay/crash-log.js'
import { scale } from './scale.js'
import { reportFigures } from './support/figures.js'
import { describeWithShim } from './support/shim.js'

function report(name: string, tally: Tally, startMs: number): void {
  reportFigures(name, {
    images: tally.images,
    'of which distinct': tally.distinctImages,
    'lacking an acknowledged write': tally.losing,
    'acknowledged writes lost at most': tally.mostLost,
    unsound: tally.faults.length,
    seconds: Math.round((performance.now() - startMs) / 1000),
  })
}

describeWithShim('a power failure', () => {
  it("loses no acknowledged write with durability 'full', whatever of the rest reached the disk", async () => {
    const startMs = performance.now()
    const tally = new Tally()
    for (let run = 0; run < scale.powerLossRuns; run += 1) {
      await cutPower(await recordRun({ durability: 'full' }, 1_000 + run), scale.imagesPerRun, tally)
    }
    report('power loss, full', tally, startMs)
    expect(tally.faults).toEqual([])
    expect(tally.losing).toBe(0)
    expect(tally.distinctImages).toBeGreaterThanOrEqual(2_000)
  })

  // A control: were nothing lost here, the test above would prove nothing.
  it("loses at most the last writes with durability 'normal', and does lose some; the file stays sound", async () => {
    const startMs = performance.now()
    const tally = new Tally()
    await cutPower(await recordRun({ durability: 'normal' }, 1), scale.controlImages, tally)
    report('power loss, normal', tally, startMs)
    expect(tally.faults).toEqual([])
    expect(tally.losing).toBeGreaterThan(0)
  })

  // A control of how files are judged: had checkpoints not been synced, files would be broken.
  it('breaks files when checkpoints are not synced', async () => {
    const startMs = performance.now()
    const tally = new Tally()
    const run = await recordRun({ durability: 'full' }, 2)
    const events = withoutSyncsOf(run.databasePath, run.events)
    await cutPower({ ...run, events }, scale.controlImages / 2, tally)
    report('power loss, checkpoints not synced (control)', tally, startMs)
    expect(tally.faults.length).toBeGreaterThan(0)
  })
})
