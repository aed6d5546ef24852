import type { EmbeddingProgress } from '../../main/index.js'
import { formatCount } from '../format.js'
import { startProgressBar, type ProgressBar } from '../progress-bar.js'
import { createLinePrinter, printLine } from '../progress-lines.js'

/** Shows on stderr how far the embedding is: a bar on a terminal, else a line a second at most. */
export interface EmbedDisplay {
  update(stored: number, progress: EmbeddingProgress): void
  print(line: string): void
  stop(): void
}

const format = '{bar} {percentage}% | {embedded} of {all} | {rate}/s'

export function createEmbedDisplay(): EmbedDisplay {
  const startedAtMs = performance.now()
  const printProgress = createLinePrinter()
  let bar: ProgressBar | undefined
  let isStopped = false
  return {
    update(stored, { total, pending, skipped }) {
      if (isStopped) return
      const [embedded, all] = [formatCount(total - pending), formatCount(total)]
      const rate = formatCount(stored / ((performance.now() - startedAtMs) / 1_000))
      if (process.stderr.isTTY) {
        bar ??= startProgressBar(format, 1, { embedded, all, rate })
        bar.update(total === 0 ? 1 : (total - pending) / total, { embedded, all, rate })
      } else {
        const beside = skipped === 0 ? '' : ` | ${formatCount(skipped)} skipped`
        printProgress(() => `${embedded} of ${all} | ${rate}/s${beside}`)
      }
    },
    print: (line) => (bar === undefined ? printLine(line) : bar.print(line)),
    stop() {
      isStopped = true
      bar?.stop()
    },
  }
}
