import Database from 'better-sqlite3'
import { ConvoDbError } from '../../protocol/errors.js'

let isLoaded = false

/**
 * Loads SQLite's native code, so that what is wrong with an installation is said as that, and not as a fault of some file.
 *
 * @throws WORKER_NOT_STARTED
 */
export function assertNativeBinding(): void {
  if (isLoaded) return
  try {
    new Database(':memory:').close()
    isLoaded = true
  } catch (error) {
    const [cause = ''] = String(error).split('\n')
    throw new ConvoDbError(
      'WORKER_NOT_STARTED',
      `SQLite's native code for ${process.platform}-${process.arch} can not be loaded: ${cause}; install better-sqlite3 again, and where a bundler made this program keep convodb external (docs/bundlers.md)`,
      { platform: process.platform, architecture: process.arch },
    )
  }
}
