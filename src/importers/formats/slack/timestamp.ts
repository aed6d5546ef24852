/**
 * Slack's `ts`, seconds with six decimals, as epoch milliseconds.
 *
 * @returns undefined where it is none
 */
export function toMilliseconds(ts: string): number | undefined {
  const { seconds, fraction = '' } = /^(?<seconds>\d{1,12})(?:\.(?<fraction>\d+))?$/.exec(ts)?.groups ?? {}
  return seconds === undefined
    ? undefined
    : Number(seconds) * 1_000 + Number(fraction.padEnd(3, '0').slice(0, 3))
}
