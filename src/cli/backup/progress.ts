import type { BackupProgress } from '../../main/index.js'
import { formatCount } from '../format.js'
import { startProgressBar } from '../progress-bar.js'
import { createLinePrinter, printLine } from '../progress-lines.js'

/** Shows on stderr how far a copy is: a bar on a terminal, elsewhere a line a second at most. */
export interface BackupDisplay {
  update(progress: BackupProgress): void
  /** Prints a line beside the display. */
  print(line: string): void
  stop(): void
}

const names = { copy: 'copying', verify: 'verifying the copy' } as const

export function createBackupDisplay(): BackupDisplay {
  if (process.stderr.isTTY) {
    const bar = startProgressBar('{bar} {percentage}% | {text}', 1, { text: names.copy })
    return {
      update: ({ step, share }) => bar.update(share, { text: names[step] }),
      print: bar.print,
      stop: bar.stop,
    }
  }
  const print = createLinePrinter()
  return {
    update: ({ step, share }) => print(() => `${names[step]}: ${formatCount(100 * share)}%`),
    print: printLine,
    stop: () => undefined,
  }
}
