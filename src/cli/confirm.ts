import type { Command } from 'commander'
import { printable } from './format.js'
import { interruptedExitCode } from './interrupt.js'

/**
 * Asks on the terminal whether to go on with what can not be undone.
 *
 * @param isConfirmed whether the command line said it already, by --yes.
 * @returns whether to go on. Where nobody can be asked the command ends as wrongly used.
 */
export async function confirm(command: Command, isConfirmed: boolean, question: string): Promise<boolean> {
  if (isConfirmed) return true
  assertCanAsk(command, isConfirmed)
  const { createInterface } = await import('node:readline/promises')
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    terminal.once('SIGINT', () => {
      process.exitCode = interruptedExitCode
      terminal.close()
    })
    // Ctrl-C and Ctrl-D are no answers.
    const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')))
    const answer = await Promise.race([terminal.question(`${printable(question)} [y/N] `), closed])
    return /^y(es)?$/i.test(answer.trim())
  } finally {
    terminal.close()
  }
}

/** Says that there was no yes. */
export function printNothingDone(): void {
  process.stderr.write('Nothing was done.\n')
  process.exitCode ??= 1
}

/** Ends the command as wrongly used where nobody can be asked, before anything is opened. */
export function assertCanAsk(command: Command, isConfirmed: boolean): void {
  if (isConfirmed || process.stdin.isTTY) return
  command.error('error: it can not be undone, and there is no terminal to ask on: give --yes')
}
