import type { SegmentingReport } from '../../main/index.js'
import { formatCount, formatNumberOf, printable } from '../format.js'
import { createLinePrinter, printLine } from '../progress-lines.js'

/** Shows on stderr how far a segmenting is: with its first step, and then a line a second at most. */
export interface SegmentDisplay {
  update(report: SegmentingReport, channelId: string): void
  print(line: string): void
  stop(): void
}

export function createSegmentDisplay(): SegmentDisplay {
  const startedAtMs = performance.now()
  const print = createLinePrinter()
  let isStopped = false
  return {
    update({ messages, segments }, channelId) {
      if (isStopped) return
      const seconds = (performance.now() - startedAtMs) / 1_000
      print(
        () =>
          `${printable(channelId)} | ${formatNumberOf(messages, 'message')}, ${formatCount(messages / seconds)}/s | ` +
          formatNumberOf(segments, 'new segment'),
      )
    },
    print: printLine,
    stop() {
      isStopped = true
    },
  }
}
