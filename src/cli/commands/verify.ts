import { Command } from 'commander'
import type { VerifyOptions, VerifyReport } from '../../main/index.js'
import { addPlaceOptions, openPlaceToRead, placeOf, type Place } from '../connection.js'
import { listenForInterrupt } from '../interrupt.js'
import { describeReport } from '../verify/report.js'

interface Options {
  readonly json: boolean
}

/** `convodb verify --db chat.db`: whether everything in a database is as it was stored. */
export function verifyCommand(): Command {
  const command = new Command('verify').description(
    'check every row, counter and index of a database; it is only read, and may be in use',
  )
  return addPlaceOptions(command)
    .option('--json', 'the report as JSON', false)
    .addHelpText(
      'after',
      '\nExample:\n  $ convodb verify --db chat.db\n\nExit codes: 0 all is well; 1 problems, or it failed; 2 wrong usage; 130 interrupted.',
    )
    .action(runVerify)
}

async function runVerify({ json }: Options, command: Command): Promise<void> {
  const place = placeOf(command)
  const { createVerifyDisplay } = await import('../verify/progress.js')
  const display = createVerifyDisplay()
  const interrupt = listenForInterrupt(() => display.print('Stopping.'))
  let report: VerifyReport
  try {
    report = await verifyAt(place, { signal: interrupt.signal, onProgress: display.update })
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

async function verifyAt(place: Place, options: VerifyOptions): Promise<VerifyReport> {
  if ('db' in place) {
    const { verifyDatabase } = await import('../../main/verify-database.js')
    return verifyDatabase(place.db, options)
  }
  await using db = await openPlaceToRead(place)
  return await db.verify(options)
}
