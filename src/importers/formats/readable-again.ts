import { createReadStream } from 'node:fs'
import { open, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSource, SourceError, toSourceError, type Source } from '../source.js'

/** A source that can be read as often as need be, until it is closed. */
export interface ReadableAgain {
  readonly source: Source
  close(): Promise<void>
}

/**
 * What has to be read twice, as when something at its end decides how it begins. What comes through a pipe is kept in a file of the
 * system's temporary folder meanwhile, and that file is removed.
 *
 * @throws SourceError
 */
export async function readableAgain(source: Source, signal: AbortSignal): Promise<ReadableAgain> {
  if (!source.isReadOnce) return { source, close: () => Promise.resolve() }
  const folder = await mkdtemp(join(tmpdir(), 'convodb-import-'))
  const close = () => rm(folder, { recursive: true, force: true })
  try {
    const path = join(folder, 'source')
    const failure = await keep(source, signal, path)
    const { size } = await stat(path)
    const place = { name: source.name, path: source.path, sizeBytes: size }
    const kept = createSource(place, () => Promise.resolve(createReadStream(path)))
    return { source: failure === undefined ? kept : { ...kept, read: readAndThrow(kept, failure) }, close }
  } catch (error) {
    await close()
    throw toSourceError(source.name, error)
  }
}

/** @returns what kept it from being read to its end; what came before is kept */
async function keep(source: Source, signal: AbortSignal, path: string): Promise<SourceError | undefined> {
  const file = await open(path, 'wx', 0o600)
  try {
    for await (const chunk of source.read(signal)) await file.write(chunk)
    return undefined
  } catch (error) {
    if (!(error instanceof SourceError) || signal.aborted) throw error
    return error
  } finally {
    await file.close()
  }
}

const readAndThrow = (source: Source, failure: SourceError): Source['read'] =>
  async function* readKept(signal) {
    yield* source.read(signal)
    throw failure
  }
