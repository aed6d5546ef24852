import { closeSync, constants, fstatSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs'
import { toFileError } from './system-error.js'

/** More than any pid has. */
const longestText = 32

/**
 * Writes this process' pid into a new file. What stood under the name is removed and not written to, whatever it stood for.
 *
 * @throws CANNOT_OPEN, DISK_FULL, IO_ERROR
 */
export function writePid(path: string): void {
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants
  try {
    rmSync(path, { force: true })
    const file = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
    try {
      writeFileSync(file, `${process.pid}\n`)
    } catch (error) {
      rmSync(path, { force: true })
      throw error
    } finally {
      closeSync(file)
    }
  } catch (error) {
    throw toFileError(error, path)
  }
}

/** The pid in a file; undefined where there is none, or no file. A pipe in its place keeps nobody waiting. */
export function readPid(path: string): number | undefined {
  const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants
  let file: number | undefined
  try {
    file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    if (!fstatSync(file).isFile()) return undefined
    const text = Buffer.alloc(longestText)
    const length = readSync(file, text, 0, longestText, 0)
    const pid = Number(text.toString('utf8', 0, length))
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined
  } catch {
    // Not written yet, gone with an owner that has just closed, or nobody's to read: nobody is named then.
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}
