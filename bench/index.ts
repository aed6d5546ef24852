/** Measures ConvoDB beside its peers. Figures drift with the machine and its load: read the ratios. */
import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArguments, usage, type Arguments } from './arguments.js'
import { loadOfLastMinute } from './measure/load.js'
import { describeMachine } from './measure/machine.js'
import { formatCase } from './report/case-text.js'
import { formatLoadAfter, formatMachine } from './report/machine-text.js'
import { refuseEarlierReport } from './report/earlier-report.js'
import type { CaseReport } from './run/case-report.js'
import { watchCode } from './run/code-under-test.js'
import { createQuietRunner, runWithoutLooking } from './run/quiet-runner.js'
import { runCase } from './run/run-case.js'

const write = (text: string): boolean => process.stdout.write(`${text}\n`)
const note = (text: string): boolean => process.stderr.write(`${text}\n`)

function readArguments(): Arguments | undefined {
  try {
    return parseArguments(process.argv.slice(2))
  } catch (error) {
    note(`${error instanceof Error ? error.message : String(error)}\n${usage}`)
    process.exitCode = 2
    return undefined
  }
}

async function bench(given: Arguments, folder: string): Promise<void> {
  const { chosen, scale, rounds, json } = given
  if (given.report !== undefined) await refuseEarlierReport(given.report)
  const checkCode = watchCode()
  const startedAt = new Date()
  const machine = describeMachine(folder)
  if (!json) write(formatMachine(machine))
  const runSide = scale === 'quick' ? runWithoutLooking(folder) : await createQuietRunner(folder)
  const cases: CaseReport[] = []
  for (const benchCase of chosen) {
    const report = await runCase(benchCase, {
      scale,
      rounds,
      runSide,
      onRound: checkCode,
      onProgress: note,
    })
    cases.push(report)
    if (!json) write(`\n${formatCase(report)}`)
  }
  const elapsedSeconds = (Date.now() - startedAt.getTime()) / 1000
  const loadAfter = loadOfLastMinute()
  const report = { startedAt: startedAt.toISOString(), elapsedSeconds, scale, machine, loadAfter, cases }
  if (json) write(JSON.stringify(report, null, 2))
  else write(`\n${formatLoadAfter(loadAfter)}`)
  if (!json && scale === 'quick')
    write('--quick only shows that it works: too few rows to conclude anything.')
  if (given.report === undefined) return
  // The library that draws takes a second to load.
  const { writeReport } = await import('./report/write-report.js')
  note(`Wrote ${await writeReport(report, given.report)}`)
}

/** Whatever happens, no database stays behind. */
async function inTemporaryFolder(parent: string, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(parent, 'convodb-bench-'))
  const interrupt = (): void => {
    rmSync(folder, { recursive: true, force: true })
    process.exit(130)
  }
  process.once('SIGINT', interrupt)
  try {
    await work(folder)
  } finally {
    process.off('SIGINT', interrupt)
    await rm(folder, { recursive: true, force: true })
  }
}

const given = readArguments()
if (given !== undefined) {
  await inTemporaryFolder(given.folder ?? tmpdir(), (folder) => bench(given, folder)).catch(
    (error: unknown) => {
      note(error instanceof Error ? error.message : String(error))
      process.exitCode = 1
    },
  )
}
