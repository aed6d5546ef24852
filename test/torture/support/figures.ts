/** Prints one line of what a test did, for people and for reports. */
export function reportFigures(name: string, figures: Readonly<Record<string, number | string>>): void {
  const texts = Object.entries(figures).map(([key, value]) => `${key} ${value}`)
  process.stdout.write(`torture: ${name}: ${texts.join(', ')}\n`)
}
