/** No timer of Node's runs longer; one that is set for longer fires at once. */
export const longestTimerMs = 2 ** 31 - 1

const units: { readonly [unit: string]: number } = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `90s`, `30m`, `6h` or `1d`, in milliseconds; undefined for other text. */
export function parseDuration(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  const milliseconds = Number(count) * (units[unit] ?? Number.NaN)
  return milliseconds > 0 ? milliseconds : undefined
}
