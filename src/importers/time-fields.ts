export type TimeUnit = 'milliseconds' | 'seconds'

/** How numbers in fields of time are read. */
export interface TimeReading {
  readonly unit: TimeUnit
  /** Is told of each of them. */
  readonly note: (value: number) => void
}

/** 1973 to 5138 as seconds; as milliseconds the first weeks and years of 1970, of which few chats are. */
export const looksLikeSeconds = (value: number): boolean => value >= 1e8 && value < 1e11

/** The fields, those of time in milliseconds. */
export function readTimes(
  fields: Readonly<Record<string, unknown>>,
  names: readonly string[],
  { unit, note }: TimeReading,
): Readonly<Record<string, unknown>> {
  const times: Record<string, number> = {}
  for (const name of names) {
    const value = fields[name]
    if (typeof value !== 'number') continue
    note(value)
    if (unit === 'seconds') times[name] = Math.round(value * 1_000)
  }
  return unit === 'seconds' ? { ...fields, ...times } : fields
}
