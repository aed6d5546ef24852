import { colorsFor, printable } from '../format.js'

/** What a check has found. */
export interface Finding {
  readonly check: string
  readonly status: 'ok' | 'warn' | 'fail'
  readonly message: string
  /** What to do; null where there is nothing to do. */
  readonly advice: string | null
}

export const ok = (check: string, message: string): Finding => ({
  check,
  status: 'ok',
  message,
  advice: null,
})
export const warn = (check: string, message: string, advice: string): Finding => ({
  check,
  status: 'warn',
  message,
  advice,
})
export const fail = (check: string, message: string, advice: string): Finding => ({
  check,
  status: 'fail',
  message,
  advice,
})

/** One line. */
export function toText({ check, status, message, advice }: Finding): string {
  const { green, yellow, red, dim } = colorsFor(process.stdout)
  const paint = { ok: green, warn: yellow, fail: red }[status]
  const todo = advice === null ? '' : `; ${dim(printable(advice))}`
  return `${paint(status.padEnd(4))}  ${check.padEnd(9)}  ${printable(message)}${todo}\n`
}

/** What can not be looked at is worth a warning, and the other checks go on. */
export async function look(
  check: string,
  examine: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await examine()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return [warn(check, `it could not be looked at: ${reason}`, 'look at the permissions on the way to it')]
  }
}
