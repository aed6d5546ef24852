import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { addAbortSignal, type Readable } from 'node:stream'
import { gunzipWhereNeeded } from './gunzip.js'

/** A file that can not be read, or not to its end. The message names the file. */
export class SourceError extends Error {
  override readonly name = 'SourceError'
}

/** A file, or standard input, to import from. */
export interface Source {
  /** As it was given; 'standard input' for `-`. */
  readonly name: string
  /** What there is to read, packed where it is gzip; undefined where nobody knows, as with a pipe. */
  readonly sizeBytes: number | undefined
  /** How much of it has been read. */
  readonly bytesRead: number
  /**
   * The bytes, unpacked where they are gzip, as they are asked for.
   *
   * @param signal ends the reading: the iteration throws at once.
   * @throws SourceError
   */
  read(signal: AbortSignal): AsyncGenerator<Buffer>
}

/**
 * Looks at a file before anything is read from it.
 *
 * @param path a file's path, or `-` for standard input.
 * @throws SourceError when there is no such file or it is a folder
 */
export async function findSource(path: string): Promise<Source> {
  if (path === '-') return createSource('standard input', undefined, () => process.stdin)
  try {
    const entry = await stat(path)
    if (entry.isDirectory()) throw new SourceError(`${path} is a folder, not a file`)
    return createSource(path, entry.isFile() ? entry.size : undefined, () => createReadStream(path))
  } catch (error) {
    throw toSourceError(path, error)
  }
}

function createSource(name: string, sizeBytes: number | undefined, open: () => Readable): Source {
  let bytesRead = 0
  async function* readPacked(signal: AbortSignal): AsyncGenerator<Buffer> {
    for await (const chunk of addAbortSignal(signal, open())) {
      bytesRead += chunk.length
      yield chunk
    }
  }
  return {
    name,
    sizeBytes,
    get bytesRead() {
      return bytesRead
    },
    async *read(signal) {
      try {
        yield* gunzipWhereNeeded(readPacked(signal))
      } catch (error) {
        throw toSourceError(name, error)
      }
    },
  }
}

function toSourceError(name: string, error: unknown): SourceError {
  if (error instanceof SourceError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const message = error instanceof Error ? error.message : String(error)
  return new SourceError(`${name} ${reasons[code] ?? `can not be read: ${message}`}`, { cause: error })
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EISDIR: 'is a folder, not a file',
  EACCES: 'can not be read: permission denied',
  Z_BUF_ERROR: 'is cut off: its gzip data ends early',
  Z_DATA_ERROR: 'is damaged: its gzip data does not unpack',
}
