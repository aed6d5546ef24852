import type { BackupOptions, BackupReport } from '../../main/index.js'
import { ConvoDbError } from '../../protocol/errors.js'
import { formatBytes, formatNumberOf } from '../format.js'
import { listenForInterrupt } from '../interrupt.js'
import { printable } from '../format.js'
import { createBackupDisplay } from './progress.js'

/** Runs a copy with its display, and says what there is then, as JSON or in words; Ctrl-C ends it and leaves nothing behind. */
export async function runCopy(
  copy: (options: BackupOptions) => Promise<BackupReport>,
  json: boolean,
): Promise<void> {
  const display = createBackupDisplay()
  const interrupt = listenForInterrupt(() => display.print('Stopping.'))
  let report: BackupReport
  try {
    report = await copy({ signal: interrupt.signal, onProgress: display.update })
  } catch (error) {
    const exitCode = interrupt.exitCode()
    if (exitCode === undefined) throw inWordsOfCommands(error)
    process.exitCode = exitCode
    return
  } finally {
    display.stop()
  }
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : describe(report))
}

function describe(report: BackupReport): string {
  const { path, fileBytes, checkedRows, elapsedMs } = report
  const size = `${formatBytes(fileBytes)}, ${formatNumberOf(checkedRows, 'row')} verified`
  return `${printable(path)}: ${size}, ${(elapsedMs / 1000).toFixed(1)} s\n`
}

/** The library names its own options. */
function inWordsOfCommands(error: unknown): unknown {
  if (!(error instanceof ConvoDbError) || error.code !== 'ALREADY_EXISTS') return error
  const { code, details } = error
  return new ConvoDbError(code, `${String(details['path'])} exists; --force replaces it`, details)
}
