import { Command } from 'commander'
import { verifyDatabase, type VerifyReport } from '../../main/index.js'
import { listenForInterrupt } from '../interrupt.js'
import { createVerifyDisplay } from '../verify/progress.js'
import { describeReport } from '../verify/report.js'

interface Options {
  readonly db: string
  readonly json: boolean
}

/** `convodb verify --db chat.db`: whether everything in a database is as it was stored. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description('check every row, counter and index of a database; it is only read, and may be in use')
    .requiredOption('--db <file>', 'the database')
    .option('--json', 'the report as JSON', false)
    .addHelpText(
      'after',
      '\nExit codes: 0 all is well; 1 problems, or it failed; 2 wrong usage; 130 interrupted.',
    )
    .action(runVerify)
}

async function runVerify({ db: path, json }: Options): Promise<void> {
  const display = createVerifyDisplay()
  const interrupt = listenForInterrupt(() => display.print('Stopping.'))
  let report: VerifyReport
  try {
    report = await verifyDatabase(path, { signal: interrupt.signal, onProgress: display.update })
  } catch (error) {
    const exitCode = interrupt.exitCode()
    if (exitCode === undefined) throw error
    process.exitCode = exitCode
    return
  } finally {
    display.stop()
  }
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : describeReport(report))
  if (!report.isOk) process.exitCode = 1
}
