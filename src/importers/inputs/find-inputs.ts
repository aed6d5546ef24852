import type { ImportInput } from '../import-files.js'
import { archivesOfFolder, formatOfFile, formats } from '../formats/formats.js'
import type { Format, FormatName, Head } from '../formats/format.js'
import { headOfWhatIsWhole, SourceError, type Source } from '../source.js'
import { mayBeNdjson } from '../formats/ndjson.js'
import { findSource, isFolder } from './find-source.js'
import { folderSources } from './folder.js'
import { isZip, openZip } from './zip.js'

/** What was found at a path. */
export interface FoundInputs {
  readonly inputs: readonly ImportInput[]
  /** All that is read of it, for how far the reading is. */
  readonly sources: readonly Source[]
  /** Files of a folder or an archive that are of no format that is known. */
  readonly unknownFiles: readonly string[]
  close(): void
}

/**
 * Finds out what a path holds: a file of some format, or a folder or a zip archive with files of one or several.
 *
 * @param path of a file, a folder or a zip archive; `-` for standard input.
 * @param format what it is; default: found out from how files begin and what they are called. A file that nothing is recognized in is read
 *   as NDJSON, whose lines are then refused by number, if it may be that at all.
 * @param shownAs what it is called in reports and errors; default: its path.
 * @throws SourceError when there is nothing at the path, or nothing in a folder that is known
 */
export async function findInputs(path: string, format?: FormatName, shownAs = path): Promise<FoundInputs> {
  if (await isFolder(path)) return inputsOfFolder(path, await folderSources(path), format, () => undefined)
  const source = await findSource(path, shownAs)
  const head = await headOf(source)
  if (isZip(head.bytes)) {
    if (source.filePath === undefined) {
      throw new SourceError(
        `${source.name} is a zip archive, which is read from a file only: save it, and import the file`,
      )
    }
    const zip = await openZip(source.filePath, shownAs)
    return inputsOfFolder(shownAs, zip.sources, format, zip.close)
  }
  const name = format ?? formatOfFile(head)
  if (name === undefined && head.failure !== undefined) throw head.failure
  const input = inputOfFile(source, name ?? ndjsonOf(source, head))
  return { inputs: [input], sources: [source], unknownFiles: [], close: () => undefined }
}

/** @returns with it, as `failure`, that no more than that can be read */
async function headOf(source: Source): Promise<Head & { readonly failure: SourceError | undefined }> {
  const { bytes, failure } = await headOfWhatIsWhole(source)
  const text = bytes.toString('utf8')
  return { path: source.path, bytes, text: text.startsWith('\uFEFF') ? text.slice(1) : text, failure }
}

function inputOfFile(source: Source, name: FormatName): ImportInput {
  const format: Format = formats[name]
  return {
    name: source.name,
    format: name,
    read: (notes) => ('read' in format ? format.read(source, notes) : format.readFolder([source], notes)),
  }
}

async function inputsOfFolder(
  path: string,
  sources: readonly Source[],
  given: FormatName | undefined,
  close: () => void,
): Promise<FoundInputs> {
  if (given !== undefined) {
    const input = inputOfArchive(path, given, sources)
    return input === undefined
      ? filesOfFolder(path, sources, given, close)
      : { inputs: [input], sources, unknownFiles: [], close }
  }
  const inputs: ImportInput[] = []
  const own: Source[] = []
  for (const { name, paths } of archivesOfFolder(sources.map((source) => source.path))) {
    const files = sources.filter((source) => paths.has(source.path))
    const input = inputOfArchive(path, name, files)
    if (input === undefined) continue
    inputs.push(input)
    own.push(...files)
  }
  if (inputs.length === 0) return filesOfFolder(path, sources, undefined, close)
  const known = new Set(own)
  const beside = await filesByThemselves(
    sources.filter((source) => !known.has(source)),
    undefined,
  )
  return { ...beside, inputs: [...inputs, ...beside.inputs], sources: [...own, ...beside.sources], close }
}

/** Undefined where the format is one of single files. */
function inputOfArchive(path: string, name: FormatName, sources: readonly Source[]): ImportInput | undefined {
  const format = formats[name]
  return 'readFolder' in format
    ? { name: path, format: name, read: format.readFolder.bind(format, sources) }
    : undefined
}

/** Each file by itself. @throws SourceError when none is known */
async function filesOfFolder(
  path: string,
  sources: readonly Source[],
  given: FormatName | undefined,
  close: () => void,
): Promise<FoundInputs> {
  const found = await filesByThemselves(sources, given)
  if (found.inputs.length === 0) {
    close()
    const wanted = given === undefined ? 'of a format that is known' : `of the format '${given}'`
    const zip = sources.find((source) => /\.zip$/i.test(source.path))
    const more =
      zip === undefined
        ? '; docs/importing.md names the formats'
        : `, but zip archives, as ${zip.name}; name each by itself: they are not opened in a folder or an archive`
    throw new SourceError(`${path} holds no file ${wanted}${more}`)
  }
  return { ...found, close }
}

async function filesByThemselves(
  sources: readonly Source[],
  given: FormatName | undefined,
): Promise<Omit<FoundInputs, 'close'>> {
  const inputs: ImportInput[] = []
  const known: Source[] = []
  const unknownFiles: string[] = []
  for (const source of sources) {
    const head = await headOf(source).catch((error: unknown) => unreadable(source, error))
    if ('read' in head) {
      inputs.push(head)
      continue
    }
    const name = formatOfFile(head)
    if (name === undefined && head.failure !== undefined) {
      inputs.push(unreadable(source, head.failure))
    } else if (name === undefined || (given !== undefined && name !== given)) {
      unknownFiles.push(source.name)
    } else {
      inputs.push(inputOfFile(source, name))
      known.push(source)
    }
  }
  return { inputs, sources: known, unknownFiles }
}

/** One of many that can not be read: the others can. @throws what is no fault of the file's */
function unreadable(source: Source, error: unknown): ImportInput {
  if (!(error instanceof SourceError)) throw error
  return {
    name: source.name,
    format: 'unknown',
    // Nothing is found in it.
    async *read(notes) {
      notes.complain(source.name, error.message.replace(`${source.name} `, ''))
      yield* []
    },
  }
}

/** What nothing is recognized in is read as lines. @throws SourceError for what is none, of which every line would be refused */
function ndjsonOf(source: Source, head: Head): FormatName {
  if (!head.bytes.includes(0)) {
    if (mayBeNdjson(head)) return 'ndjson'
    throw new SourceError(`${source.name} is of no format that is known; docs/importing.md names the formats`)
  }
  const mark = head.bytes.subarray(0, 2).toString('hex')
  const what =
    mark === 'fffe' || mark === 'feff'
      ? 'UTF-16: save it as UTF-8'
      : 'no text, and of no format that is known'
  throw new SourceError(`${source.name} is ${what}`)
}
