const lineEveryMs = 1_000

export const printLine = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

/** Where stderr is no terminal: prints the first line it is given, and then one a second at most. */
export function createLinePrinter(): (describe: () => string) => void {
  let lastAtMs = Number.NEGATIVE_INFINITY
  return (describe) => {
    if (performance.now() - lastAtMs < lineEveryMs) return
    lastAtMs = performance.now()
    printLine(describe())
  }
}
