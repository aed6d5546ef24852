/** Messages a minute, of a shorter time as of a whole one. */
export const perMinute = (messages: number, ms: number): number => messages / Math.max(1, ms / 60_000)

/** The running mean of what was said of all members but the first, which joined nothing. */
export function meanScore(
  { coherenceScore, messageCount }: { readonly coherenceScore: number | null; readonly messageCount: number },
  joining: readonly { readonly contributionScore: number | null }[],
): number | null {
  const scores = joining.flatMap(({ contributionScore }) => contributionScore ?? [])
  if (scores.length === 0) return coherenceScore
  const before = coherenceScore === null ? 0 : Math.max(0, messageCount - 1)
  const sum = (coherenceScore ?? 0) * before + scores.reduce((total, score) => total + score, 0)
  return sum / (before + scores.length)
}
