import { stat } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { ConvoDbError } from '../protocol/errors.js'

const lookEveryMs = 1_000

/**
 * Notices that another file, or none, has come to have the name of the one that was opened: whoever reads that one would wait for ever for
 * what is written to the other. Keeps no process alive.
 *
 * @param path of a file that is open; where it is a URL nothing is watched.
 * @returns aborted with FILE_LOST.
 */
export async function watchFile(path: string): Promise<AbortSignal> {
  const lost = new AbortController()
  if (!isAbsolute(path)) return lost.signal
  const opened = await identityOf(path)
  const look = async (): Promise<void> => {
    // What can not be looked at now may be the same file as ever.
    const now = await identityOf(path).catch(() => opened)
    if (now !== undefined && now === opened) return
    clearInterval(timer)
    const what = now === undefined ? 'removed' : 'replaced by another file'
    lost.abort(new ConvoDbError('FILE_LOST', `${path} was ${what} while it was followed`, { path }))
  }
  const timer = setInterval(() => void look(), lookEveryMs).unref()
  return lost.signal
}

/** Undefined where there is no such file. */
async function identityOf(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(path, { bigint: true })
    return `${dev} ${ino}`
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
