import { Presets, SingleBar } from 'cli-progress'

/** What else stands in the line, at its longest. */
const textColumns = 70

type Values = Readonly<Record<string, string>>

/** A bar on stderr, which is a terminal. */
export interface ProgressBar {
  update(value: number, values: Values): void
  /** Prints a line beside the bar. */
  print(line: string): void
  stop(): void
}

/** Shows a bar, in `format`, that is full at `total`; `values` fill in what the format names. */
export function startProgressBar(format: string, total: number, values: Values): ProgressBar {
  // Stopping is the command's own affair.
  const columns = process.stderr.columns ?? 80
  // A line that is wider than the terminal would be cut off or wrapped, and leave pieces behind.
  const barsize = Math.max(0, Math.min(20, columns - textColumns))
  const options = { format, stream: process.stderr, barsize, gracefulExit: false, clearOnComplete: true }
  const bar = new SingleBar(options, Presets.shades_classic)
  bar.start(total, 0, values)
  // The bar changes how the terminal wraps lines; a second Ctrl-C must not leave it so.
  process.once('exit', () => bar.stop())
  return {
    update: (value, current) => bar.update(value, current),
    print: (line) => process.stderr.write(`\r\u001B[K${line}\n`),
    stop: () => bar.stop(),
  }
}
