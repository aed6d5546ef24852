/** Measures ConvoDB beside its peers. Figures drift with the machine and its load: read the ratios. */
import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArguments, usage, type Arguments } from './arguments.js'
import { describeMachine, type Machine } from './measure/machine.js'
import { sqliteVersion } from './peers/sqlite.js'
import { formatCase } from './report/table.js'
import { runCase, type CaseReport } from './run-case.js'

const write = (text: string): boolean => process.stdout.write(`${text}\n`)

function readArguments(): Arguments | undefined {
  try {
    return parseArguments(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`)
    process.exitCode = 2
    return undefined
  }
}

function formatMachine({ cores, processor, node, system, syncMs }: Machine): string {
  return [
    `${processor}, ${cores} cores, ${system}, Node ${node}, SQLite ${sqliteVersion()}`,
    `a write of 4 KiB and its fsync: ${syncMs.toFixed(2)} ms (median)`,
  ].join('\n')
}

async function bench({ chosen, quick, json, folder: parent = tmpdir() }: Arguments): Promise<void> {
  const folder = await mkdtemp(join(parent, 'convodb-bench-'))
  const interrupt = (): void => {
    rmSync(folder, { recursive: true, force: true })
    process.exit(130)
  }
  process.once('SIGINT', interrupt)
  try {
    const machine = describeMachine(folder)
    if (!json) write(formatMachine(machine))
    const reports: CaseReport[] = []
    for (const benchCase of chosen) {
      const size = quick ? benchCase.quickSize : benchCase.size
      const report = await runCase(benchCase, size, folder, (peer, round, { elapsedMs }) => {
        process.stderr.write(`${benchCase.name}, round ${round}: ${peer} took ${Math.round(elapsedMs)} ms\n`)
      })
      reports.push(report)
      if (!json) write(`\n${formatCase(report)}`)
    }
    if (json)
      write(JSON.stringify({ machine, sqliteVersion: sqliteVersion(), quick, cases: reports }, null, 2))
    else if (quick) write('\n--quick only shows that it works: too few rows to conclude anything.')
  } finally {
    process.off('SIGINT', interrupt)
    await rm(folder, { recursive: true, force: true })
  }
}

const given = readArguments()
if (given !== undefined) await bench(given)
