/** Prints what a torture test counted, in one line. */
export function reportFigures(name: string, figures: Record<string, number | string>): void {
  const text = Object.entries(figures).map(([key, value]) => `${key} ${value}`)
  process.stdout.write(`torture: ${name}: ${text.join(', ')}\n`)
}
