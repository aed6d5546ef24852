import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { FaultReport, FaultTask } from '../children/fault-task.js'
import { runChild } from './child.js'
import type { Fault, Laboratory } from './laboratory.js'

export interface FaultPlan {
  readonly fault: Fault
  /** Files whose paths end so are struck; '' is all. */
  readonly fileEnd: string
  readonly rounds: number
  readonly mostBursts?: number
  readonly endsInFault?: boolean
}

/** Runs a process through faults until it is killed, and tells what it saw. */
export async function runFaults(laboratory: Laboratory, plan: FaultPlan): Promise<FaultReport> {
  const { reportPath } = await runFaultChild('run-faults', laboratory, plan)
  const report: FaultReport = JSON.parse(await readFile(reportPath, 'utf8'))
  return report
}

/** Runs a program of `test/torture/children` that makes its own faults, until it is killed. */
export async function runFaultChild(
  name: string,
  laboratory: Laboratory,
  plan: FaultPlan,
): Promise<FaultTask> {
  const { databasePath, acknowledgementsPath, faultsFolder, notesFolder, environment } = laboratory
  const reportPath = join(notesFolder, 'report.json')
  const task: FaultTask = {
    databasePath,
    acknowledgementsPath,
    reportPath,
    flagPath: join(faultsFolder, plan.fault),
    flagContent: plan.fileEnd,
    rounds: plan.rounds,
    mostBursts: plan.mostBursts ?? 1,
    endsInFault: plan.endsInFault ?? false,
    options: { walAutocheckpointPages: 30, busyTimeoutMs: 1_000 },
  }
  const { signal, stderr } = await runChild(name, task, {
    ...environment,
    // That the log is held is said as a warning, and asked for where it matters.
    NODE_NO_WARNINGS: '1',
  })
  expect(stderr).toBe('')
  expect(signal).toBe('SIGKILL')
  return task
}

/** The codes with which writes failed, each once. */
export const failureCodes = ({ writes }: FaultReport): string[] =>
  [...new Set(writes.map(({ outcome }) => outcome))].filter(
    (outcome) => outcome !== 'ok' && outcome !== 'unanswered',
  )
