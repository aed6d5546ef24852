import type { Decided, Decider, Strategy } from './strategy.js'

/** A message joins the one before it, unless the silence between them was longer than so many minutes. */
export function gapStrategy(minutes: number): Strategy {
  return {
    name: `gap-${minutes}`,
    window: 100,
    readsMessages: false,
    begin: () => beginGap(minutes * 60_000),
  }
}

function beginGap(longestMs: number): Decider {
  let last: Decided | undefined
  return {
    add(decided) {
      last = decided
    },
    drop(decided) {
      if (last === decided) last = undefined
    },
    decide({ timestamp }) {
      if (last === undefined) return 'new'
      const silenceMs = timestamp.getTime() - last.candidate.timestamp.getTime()
      return silenceMs > longestMs ? 'new' : { segmentId: last.segmentId }
    },
  }
}
