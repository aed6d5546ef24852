import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parseDiskLog } from './disk/disk-log.js'
import { readSoundRows, writeImage } from './replay/check-image.js'
import { separateAcknowledgements } from './replay/crash-log.js'
import { findBrokenPromises } from './replay/expect-writes.js'
import { crashImages } from './replay/replay.js'
import { scale } from './scale.js'
import { reportFigures } from './support/figures.js'
import { openLaboratory, type Fault, type Laboratory } from './support/laboratory.js'
import { failureCodes, runFaults } from './support/run-faults.js'
import { scratchFolder } from './support/scratch.js'
import { describeWithShim } from './support/shim.js'

const scratch = scratchFolder()
const rounds = 4

interface Case {
  readonly fault: Fault
  readonly fileEnd: string
  readonly meaning: string
  /** Where only checkpoints are struck, no write fails. */
  readonly failsWrites: boolean
}

const cases: readonly Case[] = [
  { fault: 'fsync-fails', fileEnd: '-wal', meaning: 'syncs of the log fail', failsWrites: true },
  { fault: 'write-fails', fileEnd: '-wal', meaning: 'writes to the log fail', failsWrites: true },
  { fault: 'fsync-fails', fileEnd: '.db', meaning: 'syncs of the file fail', failsWrites: false },
  { fault: 'write-fails', fileEnd: '.db', meaning: 'writes to the file fail', failsWrites: false },
  { fault: 'fsync-fails', fileEnd: '', meaning: 'all syncs fail', failsWrites: true },
]

/** Cuts the power in the middle of the faults, too: what was acknowledged by then must be there. */
async function expectSoundImages(laboratory: Laboratory, seed: number): Promise<string[]> {
  const { acknowledgementsPath, logPath } = laboratory
  const events = separateAcknowledgements(parseDiskLog(await readFile(logPath)), acknowledgementsPath)
  const broken: string[] = []
  for (const { files, acknowledged, number } of crashImages(events, scale.faultImages, seed)) {
    const writes = acknowledged.map((line) => {
      const [writeId = '', outcome = ''] = line.split(' ')
      return { writeId: Number(writeId), messageCount: Number(writeId) % 4 === 0 ? 12 : 1, outcome }
    })
    const rows = readSoundRows(writeImage(join(scratch, 'image'), files))
    broken.push(...findBrokenPromises(writes, rows).map((text) => `image ${number}, seed ${seed}: ${text}`))
  }
  return broken
}

describeWithShim('an I/O error', () => {
  it.each(cases)('$meaning: nothing acknowledged is lost, and writes go on afterwards', async (each) => {
    let failedWrites = 0
    let slowestMs = 0
    const broken: string[] = []
    const brokenAfterPowerLoss: string[] = []
    for (let run = 0; run < scale.faultRuns; run += 1) {
      const laboratory = await openLaboratory()
      const report = await runFaults(laboratory, { ...each, rounds, endsInFault: run % 2 === 1 })
      const codes = failureCodes(report)
      expect(codes.filter((code) => code !== 'OUTCOME_UNKNOWN' && code !== 'IO_ERROR')).toEqual([])
      expect(codes.length > 0).toBe(each.failsWrites)
      expect(report.failedReads).toEqual([])
      failedWrites += report.writes.filter(({ outcome }) => codes.includes(outcome)).length
      slowestMs = Math.max(slowestMs, ...report.resumedAfterMs)
      brokenAfterPowerLoss.push(...(await expectSoundImages(laboratory, run)))
      broken.push(...findBrokenPromises(report.writes, readSoundRows(laboratory.databasePath)))
    }
    reportFigures(`I/O error, ${each.meaning}`, {
      processes: scale.faultRuns,
      'failed writes': failedWrites,
      'slowest resumption (ms)': slowestMs,
      'broken promises': broken.length,
      images: scale.faultRuns * scale.faultImages,
      'broken promises in images': brokenAfterPowerLoss.length,
    })
    expect(broken).toEqual([])
    expect(brokenAfterPowerLoss).toEqual([])
    expect(slowestMs).toBeLessThan(5_000)
  })
})
