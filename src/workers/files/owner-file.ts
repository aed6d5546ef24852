import { closeSync, constants, fstatSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { toFileError } from './system-error.js'

/** More than any pid has. The mark stands behind it. */
const pidBytes = 32
const markBytes = 96

/** How far an owner's commits were acknowledged. */
export interface CommitMark {
  /** A number made up when the database was opened, and the one that stood in the file before: they tell files apart. */
  readonly opening: number
  readonly previous: number
  readonly commits: number
}

/** The file that names a database's owner, and says how far its commits were acknowledged. */
export class OwnerFile {
  readonly #file: number
  readonly #mark = Buffer.alloc(markBytes)

  private constructor(file: number) {
    this.#file = file
  }

  /**
   * Writes this process' pid into a new file. What stood under the name is removed and not written to, whatever it stood for.
   *
   * @throws CANNOT_OPEN, DISK_FULL, IO_ERROR
   */
  static create(path: string): OwnerFile {
    const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants
    let file: number | undefined
    try {
      rmSync(path, { force: true })
      file = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
      writeSync(file, `${process.pid}`.padEnd(pidBytes - 1).concat('\n'))
      return new OwnerFile(file)
    } catch (error) {
      if (file !== undefined) {
        closeSync(file)
        rmSync(path, { force: true })
      }
      throw toFileError(error, path)
    }
  }

  /** Not synced: after a crash of the system it may be behind, and it is never ahead of what the log held on the disk. */
  note({ opening, previous, commits }: CommitMark): void {
    this.#mark.fill(' ')
    this.#mark.write(`${opening} ${previous} ${commits} .\n`)
    writeSync(this.#file, this.#mark, 0, markBytes, pidBytes)
  }

  close(): void {
    closeSync(this.#file)
  }
}

/** The pid in a file; undefined where there is none, or no file. A pipe in its place keeps nobody waiting. */
export function readPid(path: string): number | undefined {
  const pid = Number(readText(path, 0, pidBytes))
  return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined
}

/** What the last owner noted, where it did not close the database; undefined where there is nothing, or nothing whole. */
export function readCommitMark(path: string): CommitMark | undefined {
  const match = /^(\d+) (\d+) (\d+) \.\n/.exec(readText(path, pidBytes, markBytes) ?? '')
  if (match === null) return undefined
  return { opening: Number(match[1]), previous: Number(match[2]), commits: Number(match[3]) }
}

function readText(path: string, at: number, most: number): string | undefined {
  const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants
  let file: number | undefined
  try {
    file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    if (!fstatSync(file).isFile()) return undefined
    const text = Buffer.alloc(most)
    return text.toString('latin1', 0, readSync(file, text, 0, most, at))
  } catch {
    // Not written yet, gone with an owner that has just closed, or nobody's to read: nobody is named then.
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}
