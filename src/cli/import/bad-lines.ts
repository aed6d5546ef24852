import type { BadLine } from '../../importers/import-run.js'
import { formatNumberOf } from '../format.js'
import { printable } from '../format.js'

const maxPrinted = 20

/** Prints the first bad lines by file, place and reason; a file in another format has one a line. */
export function createBadLinePrinter(print: (line: string) => void) {
  let count = 0
  return {
    add: ({ place: { file, at }, reason }: BadLine): void => {
      count += 1
      if (count <= maxPrinted) print(printable(`${file}:${at}: ${reason}`))
    },
    /** Says how many were not printed. */
    finish: (): void => {
      if (count > maxPrinted) print(`... and ${formatNumberOf(count - maxPrinted, 'more bad line')}`)
    },
  }
}
