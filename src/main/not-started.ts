import { ConvoDbError } from '../protocol/errors.js'

/** A thread that ends before it has done anything will do so again: its program, or something that it imports, is missing. */
export function notStarted(role: string, cause: unknown): ConvoDbError {
  return new ConvoDbError('WORKER_NOT_STARTED', `The ${role} thread can not be started: ${whatToDo(cause)}`, {
    role,
  })
}

function whatToDo(cause: unknown): string {
  const [reason = ''] = String(cause).split('\n')
  if (/\bE[MN]FILE\b/.test(reason)) {
    return `${reason}: as many files are open as may be; close some, or allow more (ulimit -n)`
  }
  return `${reason}; install convodb again, and where a bundler made this program keep convodb external (docs/bundlers.md)`
}

/**
 * What this thread itself loads where a database is opened. In a bundle of everything it fails in ways that tell nobody why.
 *
 * @throws WORKER_NOT_STARTED
 */
export async function loadPart<Part>(part: Promise<Part>): Promise<Part> {
  try {
    return await part
  } catch (cause) {
    throw new ConvoDbError(
      'WORKER_NOT_STARTED',
      `ConvoDB can not be loaded: ${whatToDo(cause)}`,
      {},
      { cause },
    )
  }
}

/** Whether a thread failed for want of a module. */
export const lacksModule = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND')

/** @throws WORKER_NOT_STARTED where Node was told to let the program start none (https://nodejs.org/api/permissions.html) */
export function assertMayStartThreads(): void {
  // Undefined without --permission, whatever its types say.
  const permission: { has(scope: string): boolean } | undefined = process.permission
  if (permission?.has('worker') !== false) return
  const what = 'Node runs with --permission and lets this program start no threads'
  throw new ConvoDbError('WORKER_NOT_STARTED', `${what}: give it --allow-worker and --allow-addons`)
}
