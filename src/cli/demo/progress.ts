import { SingleBar } from 'cli-progress'
import { formatCount } from '../format.js'

export interface Progress {
  update(messages: number): void
  stop(): void
}

/** A progress bar on a terminal, nothing elsewhere; it is wiped when it stops. */
export function showProgress(stream: NodeJS.WriteStream, total: number): Progress {
  if (!stream.isTTY) return { update: () => undefined, stop: () => undefined }
  const bar = new SingleBar({
    stream,
    format: '{bar} {percentage}% · {value} of {total} messages',
    formatValue: (value, _, type) => (type === 'percentage' ? String(value) : formatCount(value)),
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
    gracefulExit: false,
  })
  bar.start(total, 0)
  return { update: (messages) => bar.update(messages), stop: () => bar.stop() }
}
