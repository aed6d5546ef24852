import { join } from 'node:path'
import { verifyDatabase } from 'convodb'
import { expect, it } from 'vitest'
import type { WordsWithoutRoomReport, WordsWithoutRoomTask } from './children/index-words-without-room.js'
import { runChild } from './support/child.js'
import { reportFigures } from './support/figures.js'
import { openLaboratory } from './support/laboratory.js'
import { describeWithShim } from './support/shim.js'

describeWithShim('words on a full disk', () => {
  it('are found as far as they were acknowledged, and indexed when there is room again', async () => {
    const { databasePath, faultsFolder, environment } = await openLaboratory({ logs: false })
    const task: WordsWithoutRoomTask = { databasePath, flagPath: join(faultsFolder, 'disk-full'), rounds: 8 }
    const child = await runChild('index-words-without-room', task, environment)
    expect({ exitCode: child.exitCode, stderr: child.stderr }).toEqual({ exitCode: 0, stderr: '' })
    const report: WordsWithoutRoomReport = JSON.parse(child.stdout)
    reportFigures('words on a full disk', { ...report.outcomes, searches: report.searches })
    expect(Object.keys(report.outcomes).toSorted()).toEqual(['DISK_FULL', 'ok'])
    expect(report.outcomes['DISK_FULL']).toBeGreaterThanOrEqual(task.rounds)
    expect(report.wrong).toEqual([])
    expect(report.isIndexed).toBe(true)
    expect(await verifyDatabase(databasePath)).toMatchObject({ isOk: true, problems: [] })
  })
})
