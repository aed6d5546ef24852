import { createWriteStream, type Stats } from 'node:fs'
import { lstat, rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { ConvoDbError } from '../../main/index.js'

/**
 * Writes text or bytes to standard output, as fast as its reader takes them. A reader that has seen enough (`| head`) ends it
 * quietly.
 */
export async function writeToStdout(
  parts: AsyncIterable<string | Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  try {
    await pipeline(Readable.from(parts, { objectMode: false }), process.stdout, { signal, end: false })
  } catch (error) {
    if (!isCode(error, 'EPIPE')) throw error
  }
}

/**
 * Writes text or bytes to a file, packed when its name ends in `.gz`. The file gets its name once it is whole.
 *
 * @throws ALREADY_EXISTS, unless they may replace what is there; NOT_FOUND where its folder is not there
 */
export async function writeToFile(
  parts: AsyncIterable<string | Uint8Array>,
  path: string,
  signal: AbortSignal,
  mayReplace: boolean,
): Promise<void> {
  const found = await find(path)
  if (found !== undefined && !found.isFile()) {
    const instead = 'write to standard output, and redirect it'
    throw new ConvoDbError('ALREADY_EXISTS', `${path} is no regular file, and is not replaced: ${instead}`, {
      path,
    })
  }
  if (found !== undefined && !mayReplace) {
    throw new ConvoDbError('ALREADY_EXISTS', `${path} exists; --force replaces it`, { path })
  }
  const unfinished = `${path}.${process.pid}.unfinished`
  try {
    const file = createWriteStream(unfinished, { flags: 'wx', mode: 0o600, flush: true })
    if (path.endsWith('.gz'))
      await pipeline(Readable.from(parts, { objectMode: false }), createGzip(), file, { signal })
    else await pipeline(Readable.from(parts, { objectMode: false }), file, { signal })
    await rename(unfinished, path)
  } catch (error) {
    if (isMissing(error))
      throw new ConvoDbError('NOT_FOUND', `the folder of ${path} does not exist`, { path })
    await rm(unfinished, { force: true })
    throw error
  }
}

/** What is at a path; a link is one itself. */
async function find(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

const isMissing = (error: unknown): boolean => isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
