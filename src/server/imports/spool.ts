import { createWriteStream } from 'node:fs'
import { Transform, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ConvoDbError } from '../../main/index.js'

export interface SpoolLimits {
  readonly maxImportBytes: number
  readonly ingestIdleTimeoutMs: number
}

/**
 * Writes a body into a file: an archive has its directory at its end, and a database is read by itself.
 *
 * @throws TOO_LARGE, TIMEOUT (nothing came for too long), ABORTED, DISK_FULL
 */
export async function spool(
  body: Readable,
  path: string,
  { maxImportBytes, ingestIdleTimeoutMs }: SpoolLimits,
  signal: AbortSignal,
): Promise<void> {
  const idle = new AbortController()
  const timer = setTimeout(() => idle.abort(), ingestIdleTimeoutMs)
  let bytes = 0
  const limited = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      timer.refresh()
      bytes += chunk.length
      done(bytes > maxImportBytes ? tooLarge(maxImportBytes) : null, chunk)
    },
  })
  try {
    const file = createWriteStream(path, { flags: 'wx', mode: 0o600 })
    // Not a part of the pipeline, which would cut the connection: who is refused in the middle still has to hear why.
    body.pipe(limited)
    await pipeline(limited, file, { signal: AbortSignal.any([signal, idle.signal]) })
  } catch (error) {
    if (idle.signal.aborted) throw silent(ingestIdleTimeoutMs)
    if (signal.aborted) throw new ConvoDbError('ABORTED', 'The upload was ended')
    if (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) {
      throw new ConvoDbError('DISK_FULL', 'There is no room for the upload in the folder for temporary files')
    }
    throw error
  } finally {
    clearTimeout(timer)
  }
}

const tooLarge = (maxImportBytes: number): ConvoDbError =>
  new ConvoDbError(
    'TOO_LARGE',
    `An import may have ${maxImportBytes} bytes; give it to convodb import --url`,
    {
      maxImportBytes,
    },
  )

const silent = (ingestIdleTimeoutMs: number): ConvoDbError =>
  new ConvoDbError('TIMEOUT', `Nothing was sent for ${ingestIdleTimeoutMs} ms`, { ingestIdleTimeoutMs })
