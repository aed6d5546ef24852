import type { VerifyProgress } from '../../main/index.js'
import { formatCount, formatNumberOf } from '../format.js'
import { startProgressBar } from '../progress-bar.js'
import { createLinePrinter, printLine } from '../progress-lines.js'

/** Shows on stderr how far a verification is: a bar on a terminal, elsewhere a line a second at most. */
export interface VerifyDisplay {
  update(progress: VerifyProgress): void
  /** Prints a line beside the display. */
  print(line: string): void
  stop(): void
}

const describe = ({ check, checkedRows }: VerifyProgress): string =>
  checkedRows === 0 ? check : `${check}, ${formatNumberOf(checkedRows, 'row')} compared`

export function createVerifyDisplay(): VerifyDisplay {
  return process.stderr.isTTY ? createBar() : createPlainLines()
}

function createBar(): VerifyDisplay {
  const bar = startProgressBar('{bar} {percentage}% | {text}', 1, { text: 'reading' })
  return {
    update: (progress) => bar.update(progress.share, { text: describe(progress) }),
    print: bar.print,
    stop: bar.stop,
  }
}

function createPlainLines(): VerifyDisplay {
  const print = createLinePrinter()
  return {
    update: (progress) => print(() => `${formatCount(100 * progress.share)}% | ${describe(progress)}`),
    print: printLine,
    stop: () => undefined,
  }
}
