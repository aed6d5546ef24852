import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { messageCountOf } from './children/fault-task.js'
import { parseDiskLog } from './disk/disk-log.js'
import { readSoundRows, writeImage } from './replay/check-image.js'
import { separateAcknowledgements } from './replay/crash-log.js'
import { findBrokenPromises } from './replay/expect-writes.js'
import { crashImages } from './replay/replay.js'
import { scale } from './scale.js'
import { reportFigures } from './support/figures.js'
import { openLaboratory, type Fault, type Laboratory } from './support/laboratory.js'
import { failureCodes, runFaultChild, runFaults } from './support/run-faults.js'
import { scratchFolder } from './support/scratch.js'
import { describeWithShim } from './support/shim.js'

const scratch = scratchFolder()
const rounds = 4

interface Case {
  readonly meaning: string
  readonly fault: Fault
  readonly fileEnd: string
  /** Where only checkpoints are struck, no write fails. */
  readonly failsWrites: boolean
}

const cases: readonly Case[] = [
  { meaning: 'syncs of the log fail', fault: 'fsync-fails', fileEnd: '-wal', failsWrites: true },
  { meaning: 'writes to the log fail', fault: 'write-fails', fileEnd: '-wal', failsWrites: true },
  { meaning: 'syncs of the file fail', fault: 'fsync-fails', fileEnd: '.db', failsWrites: false },
  { meaning: 'writes to the file fail', fault: 'write-fails', fileEnd: '.db', failsWrites: false },
  { meaning: 'all syncs fail', fault: 'fsync-fails', fileEnd: '', failsWrites: true },
]

/** Cuts the power amid the faults, too, and tells which promises are broken then. */
async function cutPower(laboratory: Laboratory, seed: number, forgetfulEnd: string): Promise<string[]> {
  const log = parseDiskLog(await readFile(laboratory.logPath))
  const events = separateAcknowledgements(log, laboratory.acknowledgementsPath)
  const broken: string[] = []
  for (const { files, acknowledged, number } of crashImages(events, scale.faultImages, seed, forgetfulEnd)) {
    const writes = acknowledged.map((line) => {
      const [id, outcome = ''] = line.split(' ')
      const writeId = Number(id)
      return { writeId, messageCount: messageCountOf(writeId), outcome }
    })
    const path = writeImage(join(scratch, 'image'), files)
    try {
      broken.push(...findBrokenPromises(writes, readSoundRows(path)))
    } catch (error) {
      broken.push(`image ${number} of run ${seed} is no sound database: ${String(error)}`)
    }
  }
  return broken
}

describeWithShim('an I/O error', () => {
  it.each(cases)('loses nothing acknowledged, and writes go on afterwards: $meaning', async (each) => {
    let failedWrites = 0
    let slowestMs = 0
    const broken: string[] = []
    const brokenInImages: string[] = []
    const codes = new Set<string>()
    for (let run = 0; run < scale.faultRuns; run += 1) {
      const laboratory = await openLaboratory()
      const report = await runFaults(laboratory, {
        ...each,
        rounds,
        mostBursts: 12,
        endsInFault: run % 2 === 1,
      })
      for (const code of failureCodes(report)) codes.add(code)
      expect(report.failedReads).toEqual([])
      failedWrites += report.writes.filter(({ outcome }) => codes.has(outcome)).length
      slowestMs = Math.max(slowestMs, ...report.resumedAfterMs)
      // Before the file is opened again: opening changes it.
      brokenInImages.push(...(await cutPower(laboratory, run, '-wal')))
      broken.push(...findBrokenPromises(report.writes, readSoundRows(laboratory.databasePath)))
    }
    reportFigures(`I/O error, ${each.meaning}`, {
      processes: scale.faultRuns,
      'failed writes': failedWrites,
      codes: [...codes].join(' ') || 'none',
      'slowest resumption (ms)': slowestMs,
      'promises broken': broken.length,
      images: scale.faultRuns * scale.faultImages,
      'broken in images': brokenInImages.length,
    })
    expect([...codes].filter((code) => code !== 'OUTCOME_UNKNOWN' && code !== 'IO_ERROR')).toEqual([])
    expect(codes.size > 0).toBe(each.failsWrites)
    expect(broken.slice(0, 5)).toEqual([])
    expect(brokenInImages.slice(0, 5)).toEqual([])
    expect(slowestMs).toBeLessThan(5_000)
  })

  /**
   * A checkpoint that can not copy everything counts pages as copied that it did not sync. When the sync of the next one
   * fails, and the kernel takes those pages for written, SQLite would write them no more: one more checkpoint, and a power
   * failure breaks the file.
   */
  it('of a checkpoint has the log held, so that a kernel which forgets a failed sync loses nothing', async () => {
    const laboratory = await openLaboratory()
    await runFaultChild('fail-checkpoint', laboratory, { fault: 'fsync-fails', fileEnd: '.db', rounds: 1 })
    const broken = await cutPower(laboratory, 1, '.db')
    reportFigures('failed sync of the file forgotten, then power loss', {
      images: scale.faultImages,
      'promises broken': broken.length,
    })
    expect(broken.slice(0, 5)).toEqual([])
  })
})
