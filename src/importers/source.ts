import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { addAbortSignal, type Readable } from 'node:stream'
import { gunzipWhereNeeded } from './gunzip.js'

/** A file that can not be read, or not to its end. The message names the file. */
export class SourceError extends Error {
  override readonly name = 'SourceError'
}

/** Packed data that ends early within the beginning that was asked for. What came before is whole, and `read` gives it, too. */
class CutOffError extends SourceError {
  constructor(
    message: string,
    readonly head: Buffer,
    options: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** How a source begins, also where it is cut off so soon. @throws SourceError where nothing of it can be read */
export async function headOfWhatIsWhole(
  source: Source,
): Promise<{ readonly bytes: Buffer; readonly failure: SourceError | undefined }> {
  try {
    return { bytes: await source.head(), failure: undefined }
  } catch (error) {
    if (!(error instanceof CutOffError)) throw error
    return { bytes: error.head, failure: error }
  }
}

/** A file, standard input, or a file inside a folder or a zip archive, to import from. */
export interface Source {
  /** As it was given, or where it was found; 'standard input' for `-`. */
  readonly name: string
  /** Inside the folder or archive that it was found in, with `/` between names; else the file's own name. */
  readonly path: string
  /** What there is to read, packed where it is gzip; undefined where nobody knows, as with a pipe. */
  readonly sizeBytes: number | undefined
  /** How much of it has been read; from nothing each time that it is. */
  readonly bytesRead: number
  /** The file itself, for what has to read it by itself, as SQLite does; undefined where it is none. */
  readonly filePath: string | undefined
  /** Whether it can be read once only, as standard input can. */
  readonly isReadOnce: boolean
  /**
   * How it begins, unpacked: 64 KiB, or all there is. Nothing is lost for `read`.
   *
   * @throws SourceError; CutOffError where it ends early within that, behind something
   */
  head(): Promise<Buffer>
  /**
   * The bytes, unpacked where they are gzip, as they are asked for. Standard input can be read once.
   *
   * @param signal ends the reading: the iteration throws at once.
   * @throws SourceError
   */
  read(signal: AbortSignal): AsyncGenerator<Buffer>
}

const headBytes = 64 * 1024

interface SourcePlace {
  readonly name: string
  readonly path: string
  readonly sizeBytes: number | undefined
  readonly filePath?: string
}

/** A file of the disk, which may be a pipe. */
export function fileSource(
  filePath: string,
  sizeBytes: number | undefined,
  shown: { readonly name?: string; readonly path?: string } = {},
): Source {
  const { name = filePath, path = basename(filePath) } = shown
  const place = { name, path, sizeBytes, filePath }
  // What has no size is read once, as standard input is.
  return sizeBytes === undefined
    ? oneTimeSource(place, createReadStream(filePath))
    : createSource(place, () => Promise.resolve(createReadStream(filePath)))
}

export const standardInput = (): Source =>
  oneTimeSource({ name: 'standard input', path: 'standard input', sizeBytes: undefined }, process.stdin)

/** A source whose bytes `open` gives as often as it is asked. */
export function createSource(place: SourcePlace, open: () => Promise<Readable>): Source {
  let bytesRead = 0
  return {
    ...place,
    filePath: place.filePath,
    isReadOnce: false,
    get bytesRead() {
      return bytesRead
    },
    head: async () =>
      (await readHead(unpack(place.name, await opened(place.name, open), () => undefined))).head,
    async *read(signal) {
      const stream = addAbortSignal(signal, await opened(place.name, open))
      bytesRead = 0
      yield* unpack(place.name, stream, (bytes) => (bytesRead += bytes))
    },
  }
}

/** One that is read from the beginning once: what `head` has read is handed on by `read`. */
function oneTimeSource(place: SourcePlace, stream: Readable): Source {
  let bytesRead = 0
  let begun: ReturnType<typeof readHead> | undefined
  const begin = () =>
    (begun ??= readHead(
      unpack(place.name, stream, (bytes) => (bytesRead += bytes)),
      true,
    ))
  return {
    ...place,
    filePath: undefined,
    isReadOnce: true,
    get bytesRead() {
      return bytesRead
    },
    head: async () => (await begin()).head,
    async *read(signal) {
      addAbortSignal(signal, stream)
      const { head, rest } = await begin().catch((error: unknown) => cutOffAgain(error))
      if (head.length > 0) yield head
      yield* rest
    },
  }
}

async function opened(name: string, open: () => Promise<Readable>): Promise<Readable> {
  try {
    return await open()
  } catch (error) {
    throw toSourceError(name, error)
  }
}

async function* unpack(
  name: string,
  stream: Readable,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of stream) {
      onBytes(chunk.length)
      yield chunk
    }
  }
  try {
    yield* gunzipWhereNeeded(counted())
  } catch (error) {
    throw toSourceError(name, error)
  }
}

/** @param goesOn leaves the rest to be read; otherwise the source is closed. */
async function readHead(
  chunks: AsyncGenerator<Buffer>,
  goesOn = false,
): Promise<{ readonly head: Buffer; readonly rest: AsyncGenerator<Buffer> }> {
  const parts: Buffer[] = []
  let bytes = 0
  while (bytes < headBytes) {
    const next = await chunks.next().catch((error: unknown) => throwWithHead(error, parts))
    if (next.done === true) break
    parts.push(next.value)
    bytes += next.value.length
  }
  if (!goesOn) await chunks.return(undefined)
  return { head: Buffer.concat(parts), rest: chunks }
}

/** Of damaged data nobody knows how much of what came before is right; of what ends early all is. */
function throwWithHead(error: unknown, parts: readonly Buffer[]): never {
  if (!(error instanceof SourceError) || parts.length === 0 || !isCutOff(error.cause)) throw error
  throw new CutOffError(error.message, Buffer.concat(parts), { cause: error.cause })
}

const isCutOff = (cause: unknown): boolean =>
  cause instanceof Error && 'code' in cause && cause.code === 'Z_BUF_ERROR'

/** For whoever reads on: what came, and then the error once more. */
function cutOffAgain(error: unknown): Awaited<ReturnType<typeof readHead>> {
  if (!(error instanceof CutOffError)) throw error
  return { head: error.head, rest: failing(error) }
}

async function* failing(error: SourceError): AsyncGenerator<Buffer> {
  yield* []
  throw error
}

/** What kept a file from being read, in words; an error that is one already stays as it is. */
export function toSourceError(name: string, error: unknown): SourceError {
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
