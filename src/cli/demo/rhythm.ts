import { findSum, runningSums } from './weighted.js'

/** A Monday, so that weekends fall where the weights say. Fixed: the same seed must give the same data. */
const startMs = Date.UTC(2026, 1, 2)
const weeks = 3
const hourMs = 3_600_000

/** How much is written in each hour of a day, midnight first: quiet nights, a lunch break, lively evenings. */
const hourWeights = [2, 1, 1, 1, 1, 2, 4, 8, 14, 18, 19, 17, 13, 15, 18, 18, 17, 16, 17, 20, 22, 19, 12, 5]
const dayWeights = [1, 1.05, 1.05, 1, 0.9, 0.6, 0.7]

const hours = Array.from({ length: weeks * 7 }, (_, day) =>
  hourWeights.map((weight) => weight * (dayWeights[day % 7] ?? 1)),
).flat()
const sums = runningSums(hours)
const total = sums.at(-1) ?? 0

/** When the chat begins, in epoch milliseconds. */
export const chatStartMs = startMs

/**
 * The moment at which a share of the whole chat has been written; it never goes back as the share grows.
 *
 * @param share in [0, 1).
 * @returns epoch milliseconds within three weeks.
 */
export function timeOfShare(share: number): number {
  const target = share * total
  const hour = findSum(sums, target)
  const weight = hours[hour] ?? 1
  const before = (sums[hour] ?? 0) - weight
  return startMs + Math.floor((hour + (target - before) / weight) * hourMs)
}
