import { ConvoDbError } from '../protocol/errors.js'

/** A thread that ends before it has done anything will do so again: its program, or something that it imports, is missing. */
export function notStarted(role: string, cause: unknown): ConvoDbError {
  const [reason = ''] = String(cause).split('\n')
  return new ConvoDbError(
    'WORKER_NOT_STARTED',
    `The ${role} thread can not be started: ${reason}; install convodb again, and where a bundler made this program keep convodb external (docs/bundlers.md)`,
    { role },
  )
}

/** Whether a thread failed for want of a module. */
export const lacksModule = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND')
