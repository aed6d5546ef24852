import { constants } from 'node:os'

/** A program that a signal ends exits with 128 and the signal's number. */
const exitCodes = { SIGINT: 128 + constants.signals.SIGINT, SIGTERM: 128 + constants.signals.SIGTERM }

export const interruptedExitCode = exitCodes.SIGINT

/** Whether it is the exit code of a command that was told to end. */
export const isInterrupted = (exitCode: unknown): boolean =>
  exitCode === exitCodes.SIGINT || exitCode === exitCodes.SIGTERM

/** Under `npx` one ctrl-C arrives twice, from the terminal and from npm: what follows so closely is the same one. */
const sameInterruptMs = 1_000

export interface Interrupt {
  /** Aborted by the first SIGINT or SIGTERM; one more, later than a second after it, ends the process at once. */
  readonly signal: AbortSignal
  /** What to exit with, once there was one. */
  exitCode(): number | undefined
}

/**
 * Lets a command end in good order when it is told to stop.
 *
 * @param onFirst is told at once.
 */
export function listenForInterrupt(onFirst: () => void): Interrupt {
  const controller = new AbortController()
  let exitCode: number | undefined
  let stoppedAtMs = 0
  const stop = (name: 'SIGINT' | 'SIGTERM'): void => {
    if (controller.signal.aborted) {
      if (performance.now() - stoppedAtMs > sameInterruptMs) process.exit(exitCodes[name])
      return
    }
    stoppedAtMs = performance.now()
    exitCode = exitCodes[name]
    onFirst()
    controller.abort()
  }
  process.on('SIGINT', () => stop('SIGINT'))
  process.on('SIGTERM', () => stop('SIGTERM'))
  return { signal: controller.signal, exitCode: () => exitCode }
}
