import type { ImportCounts } from '../../importers/import-counts.js'
import type { Source } from '../../importers/source.js'
import { formatBytes, formatCount, formatDuration, formatNumberOf } from '../format.js'
import { startProgressBar } from '../progress-bar.js'
import { createLinePrinter, printLine } from '../progress-lines.js'
import { countRows } from './summary.js'

/** Shows on stderr how far an import is. */
export interface ProgressDisplay {
  update(counts: ImportCounts): void
  /** Prints a line beside the display. */
  print(line: string): void
  stop(): void
}

/** A bar on a terminal; elsewhere a line with the first rows that are in, and then one a second at most. */
export function createProgressDisplay(sources: readonly Source[]): ProgressDisplay {
  const startedAtMs = performance.now()
  const describe = (counts: ImportCounts): string => {
    const rows = countRows(counts)
    const seconds = (performance.now() - startedAtMs) / 1000
    return `${formatNumberOf(rows, 'row')}, ${formatCount(rows / seconds)}/s`
  }
  return untilStopped(
    process.stderr.isTTY ? createBar(sources, describe) : createPlainLines(sources, describe),
  )
}

/** Progress may be told once more when the import has ended: the bar must not come back. */
function untilStopped({ update, print, stop }: ProgressDisplay): ProgressDisplay {
  let isStopped = false
  return {
    update: (counts) => {
      if (!isStopped) update(counts)
    },
    print,
    stop: () => {
      isStopped = true
      stop()
    },
  }
}

type Describe = (counts: ImportCounts) => string

const readBytes = (sources: readonly Source[]): number =>
  sources.reduce((sum, source) => sum + source.bytesRead, 0)

/** Undefined when one of the sources is a pipe. */
function sizeBytes(sources: readonly Source[]): number | undefined {
  const sizes = sources.map((source) => source.sizeBytes)
  return sizes.every((size) => size !== undefined) ? sizes.reduce((sum, size) => sum + size, 0) : undefined
}

function createBar(sources: readonly Source[], describe: Describe): ProgressDisplay {
  const total = sizeBytes(sources)
  const format =
    total === undefined ? '{rows}, {read} read' : '{bar} {percentage}% | {read} | {rows} | {timeLeft} left'
  const startedAtMs = performance.now()
  const bar = startProgressBar(format, total ?? 0, { rows: '0 rows', read: formatBytes(0), timeLeft: '?' })
  return {
    update: (counts) => {
      const read = readBytes(sources)
      const timeLeft = formatTimeLeft(startedAtMs, read, total ?? 0)
      bar.update(read, { rows: describe(counts), read: formatBytes(read), timeLeft })
    },
    print: bar.print,
    stop: bar.stop,
  }
}

/** As long as what is left takes at the speed so far. */
function formatTimeLeft(startedAtMs: number, read: number, total: number): string {
  const secondsSoFar = (performance.now() - startedAtMs) / 1000
  return read === 0 ? '?' : formatDuration((secondsSoFar * (total - read)) / read)
}

function createPlainLines(sources: readonly Source[], describe: Describe): ProgressDisplay {
  const total = sizeBytes(sources)
  const print = createLinePrinter()
  return {
    update: (counts) =>
      print(() => {
        const read = readBytes(sources)
        const share = total === undefined ? '' : ` (${formatCount((100 * read) / Math.max(1, total))}%)`
        return `${describe(counts)}, ${formatBytes(read)}${share} read`
      }),
    print: printLine,
    stop: () => undefined,
  }
}
