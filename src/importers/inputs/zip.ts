import { isUtf8 } from 'node:buffer'
import { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import yauzl, { type Entry, type ZipFile } from 'yauzl'
import { createSource, SourceError, toSourceError, type Source } from '../source.js'

/** The first four bytes of a zip archive, and of one that is empty. */
const signatures: ReadonlySet<string> = new Set(['504b0304', '504b0506'])

export const isZip = (head: Buffer): boolean => signatures.has(head.subarray(0, 4).toString('hex'))

export interface OpenZip {
  /** Its files, ordered by their paths. */
  readonly sources: readonly Source[]
  close(): void
}

/**
 * Opens a zip archive, whose files are unpacked as they are read. What is in it is read by the archive's own directory, and its sizes
 * and check sums are held against what comes out.
 *
 * @throws SourceError
 */
export async function openZip(path: string, shownAs = path): Promise<OpenZip> {
  let zip: ZipFile | undefined
  try {
    zip = await yauzl.openPromise(path, { autoClose: false })
    const sources: Source[] = []
    for await (const entry of zip.eachEntry()) {
      const entryPath = pathOf(entry)
      if (!entryPath.endsWith('/')) sources.push(toSource(shownAs, zip, entry, entryPath))
    }
    const opened = zip
    return { sources: sources.toSorted(byPath), close: () => opened.close() }
  } catch (error) {
    zip?.close()
    throw toSourceError(shownAs, error)
  }
}

const byPath = (left: Source, right: Source): number => (left.path < right.path ? -1 : 1)

const utf8Flag = 0x800

/** Slack and others write names in UTF-8 without the flag that says so; by the book they would be of code page 437. */
const pathOf = ({ fileName, fileNameRaw, extraFields, generalPurposeBitFlag }: Entry): string =>
  (generalPurposeBitFlag & utf8Flag) === 0 && isUtf8(fileNameRaw)
    ? yauzl.getFileNameLowLevel(generalPurposeBitFlag | utf8Flag, fileNameRaw, extraFields, false)
    : fileName

function toSource(archive: string, zip: ZipFile, entry: Entry, path: string): Source {
  const name = `${archive}/${path}`
  const place = { name, path, sizeBytes: entry.uncompressedSize }
  return createSource(place, async () => {
    if (entry.isEncrypted()) throw new SourceError(`${name} is encrypted; unpack it with its password first`)
    return Readable.from(checked(name, zip, entry), { objectMode: false })
  })
}

/** An entry's bytes. Its check sum is held against what came out, which the library does with sizes alone. */
async function* checked(name: string, zip: ZipFile, entry: Entry): AsyncGenerator<Buffer> {
  let sum = 0
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    sum = crc32(chunk, sum)
    yield chunk
  }
  if (sum !== entry.crc32) throw new SourceError(`${name} is damaged: its check sum is wrong`)
}
