import { join } from 'node:path'
import { verifyDatabase } from 'convodb'
import { expect, it } from 'vitest'
import type { FullDiskReport, FullDiskTask } from './children/meet-full-disk.js'
import { runChild } from './support/child.js'
import { openLaboratory, type Fault } from './support/laboratory.js'
import { describeWithShim } from './support/shim.js'

const faults: readonly [what: string, fault: Fault][] = [
  ['a full disk (ENOSPC)', 'disk-full'],
  ['an exhausted quota (EDQUOT)', 'quota-used'],
]

describeWithShim('without room', () => {
  it.each(faults)(
    'on %s every call says DISK_FULL, nothing is left behind, and the log is not held',
    async (_, fault) => {
      const { databasePath, faultsFolder, environment } = await openLaboratory({ logs: false })
      const task: FullDiskTask = { databasePath, flagPath: join(faultsFolder, fault) }
      const { stdout, stderr, exitCode } = await runChild('meet-full-disk', task, environment)
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
      const { doors, messages, ...report }: FullDiskReport = JSON.parse(stdout)
      for (const [door, { outcome, left }] of Object.entries(doors)) {
        expect({ outcome, left }, door).toEqual({ outcome: 'DISK_FULL', left: [] })
      }
      expect(report.writes).toContain('DISK_FULL')
      const isOkOrFull = (outcome: string): boolean => ['ok', 'DISK_FULL'].includes(outcome)
      expect(report.writes.filter((outcome) => !isOkOrFull(outcome))).toEqual([])
      expect(isOkOrFull(report.checkpoint)).toBe(true)
      expect(report).toMatchObject({ isLogHeld: false, warnings: [], close: 'ok' })
      expect(new Set(report.later)).toEqual(new Set(['ok']))
      expect(messages).toBe(1 + report.writes.filter((outcome) => outcome === 'ok').length + 44)
      expect(await verifyDatabase(databasePath)).toMatchObject({ isOk: true })
    },
  )
})
