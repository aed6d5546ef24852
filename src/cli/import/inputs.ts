import type { ImportInput } from '../../importers/import-files.js'
import type { FormatName } from '../../importers/formats/format.js'
import { findInputs } from '../../importers/inputs/find-inputs.js'
import { findSource } from '../../importers/inputs/find-source.js'
import { ndjsonInput } from '../../importers/inputs/ndjson-input.js'
import type { LineKind } from '../../importers/records.js'
import type { Source } from '../../importers/source.js'

export interface ImportPaths {
  readonly files: readonly string[]
  readonly channels: readonly string[]
  readonly segments: readonly string[]
}

/** All that an import reads, in its order. */
export interface AllInputs {
  readonly inputs: readonly ImportInput[]
  readonly sources: readonly Source[]
  readonly unknownFiles: readonly string[]
  close(): void
}

/**
 * Looks at everything that shall be imported before anything is.
 *
 * @throws SourceError
 */
export async function findAllInputs(paths: ImportPaths, format: FormatName | undefined): Promise<AllInputs> {
  const parts = [
    ...(await Promise.all(paths.channels.map((path) => linesOf(path, 'channel')))),
    ...(await Promise.all(paths.files.map((path) => findInputs(path, format)))),
    ...(await Promise.all(paths.segments.map((path) => linesOf(path, 'segment')))),
  ]
  return {
    inputs: parts.flatMap((part) => part.inputs),
    sources: parts.flatMap((part) => part.sources),
    unknownFiles: parts.flatMap((part) => part.unknownFiles),
    close: () => parts.forEach((part) => part.close()),
  }
}

async function linesOf(path: string, kind: LineKind): Promise<AllInputs> {
  const source = await findSource(path)
  return { inputs: [ndjsonInput(source, kind)], sources: [source], unknownFiles: [], close: () => undefined }
}
