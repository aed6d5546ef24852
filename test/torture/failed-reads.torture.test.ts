import { join } from 'node:path'
import { verifyDatabase } from 'convodb'
import { expect, it } from 'vitest'
import type { FailedReadsReport, FailedReadsTask } from './children/fail-reads.js'
import { scale } from './scale.js'
import { runChild } from './support/child.js'
import { reportFigures } from './support/figures.js'
import { openLaboratory } from './support/laboratory.js'
import { describeWithShim } from './support/shim.js'

describeWithShim('a disk that refuses reads for a while', () => {
  it('is IO_ERROR, never CORRUPT, and everything is there again when it gives them', async () => {
    const { databasePath, faultsFolder, environment } = await openLaboratory({ logs: false })
    const rounds = 4 * scale.faultRuns
    const task: FailedReadsTask = { path: databasePath, flagPath: join(faultsFolder, 'read-fails'), rounds }
    const { stdout, stderr } = await runChild('fail-reads', task, { ...environment, NODE_NO_WARNINGS: '1' })
    expect(stderr).toBe('')
    const { meanwhile, afterwards, reopenings }: FailedReadsReport = JSON.parse(stdout)
    reportFigures('failed reads', {
      rounds,
      ...meanwhile,
      reopenings,
      'ok afterwards': afterwards['ok'] ?? 0,
    })
    expect(meanwhile['IO_ERROR']).toBeGreaterThan(rounds)
    expect(Object.keys(meanwhile).filter((code) => code !== 'ok' && code !== 'IO_ERROR')).toEqual([])
    expect(Object.keys(afterwards)).toEqual(['ok'])
    expect((await verifyDatabase(databasePath)).problems).toEqual([])
  })
})
