/** Raised in place of a result when a signal ended the demo. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  /** What a shell expects of a process that the signal ended: 128 and the signal's number. */
  readonly exitCode: number

  constructor(signalName: 'SIGINT' | 'SIGTERM') {
    super(`Interrupted by ${signalName}`)
    this.exitCode = signalName === 'SIGINT' ? 130 : 143
  }
}

/**
 * Turns ctrl-C and a polite kill into an aborted signal, so that the work ends in order and cleans up. A second signal
 * changes nothing: under `npm run` one ctrl-C arrives twice, from the terminal and from npm.
 */
export async function withInterruption<Value>(work: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
  const controller = new AbortController()
  const interrupt = (signalName: 'SIGINT' | 'SIGTERM'): void => controller.abort(new Interrupted(signalName))
  const onInterrupt = (): void => interrupt('SIGINT')
  const onTerminate = (): void => interrupt('SIGTERM')
  process.on('SIGINT', onInterrupt).on('SIGTERM', onTerminate)
  try {
    return await work(controller.signal)
  } finally {
    process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate)
  }
}
