import { expect, it } from 'vitest'
import { findBrokenPromises } from './replay/expect-writes.js'
import { readSoundRows } from './replay/check-image.js'
import { scale } from './scale.js'
import { reportFigures } from './support/figures.js'
import { openLaboratory } from './support/laboratory.js'
import { failureCodes, runFaults } from './support/run-faults.js'
import { describeWithShim } from './support/shim.js'

describeWithShim('a full disk', () => {
  it('refuses writes with DISK_FULL, lets reads go on, and takes writes again by itself within 5 seconds', async () => {
    const laboratory = await openLaboratory({ logs: false })
    const rounds = scale.diskFullRounds
    const report = await runFaults(laboratory, { fault: 'disk-full', fileEnd: '', rounds, mostBursts: 40 })
    const refused = report.writes.filter(({ outcome }) => outcome === 'DISK_FULL')
    reportFigures('disk full', {
      rounds,
      acknowledged: report.writes.filter(({ outcome }) => outcome === 'ok').length,
      refused: refused.length,
      reads: report.reads,
      'slowest resumption (ms)': Math.max(...report.resumedAfterMs),
    })
    expect(failureCodes(report)).toEqual(['DISK_FULL'])
    // Every round met the fault, and no write failed without it.
    expect(refused.length).toBeGreaterThanOrEqual(rounds)
    expect(report.failedReads).toEqual([])
    expect(report.resumedAfterMs).toHaveLength(rounds)
    expect(Math.max(...report.resumedAfterMs)).toBeLessThan(5_000)
    expect(findBrokenPromises(report.writes, readSoundRows(laboratory.databasePath))).toEqual([])
  })
})
