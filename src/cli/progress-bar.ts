import { Presets, SingleBar } from 'cli-progress'

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
  const options = { format, stream: process.stderr, barsize: 20, gracefulExit: false }
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
