import type { Found, FoundRecord } from '../../../src/importers/found.js'
import type { FormatName } from '../../../src/importers/formats/format.js'
import { findInputs } from '../../../src/importers/inputs/find-inputs.js'
import type { Kind, Models } from '../../../src/importers/records.js'
import { SourceError } from '../../../src/importers/source.js'

/** What is read of an archive, before it is stored. */
export interface ReadArchive {
  readonly formats: readonly string[]
  readonly found: readonly Found[]
  /** Places and reasons of what can not be stored. */
  readonly faults: readonly string[]
  readonly skipped: readonly string[]
  readonly leftOut: readonly string[]
  readonly complaints: readonly string[]
  /** Models of one kind, in their order. */
  of<K extends Kind>(kind: K): readonly Models[K][]
}

/** Reads what is at a path to its end, by the format it is found to be of. */
export async function readArchive(path: string, format?: FormatName): Promise<ReadArchive> {
  const { inputs, close } = await findInputs(path, format)
  const found: Found[] = []
  const skipped: string[] = []
  const leftOut: string[] = []
  const complaints: string[] = []
  try {
    for (const input of inputs) {
      const reading = input.read({
        signal: new AbortController().signal,
        timesOf: () => ({ unit: 'milliseconds', note: () => undefined }),
        skip: (why) => skipped.push(why),
        leaveOut: (what) => leftOut.push(what),
        complain: (file, problem) => complaints.push(`${file} ${problem}`),
      })
      try {
        for await (const item of reading) found.push(item)
      } catch (error) {
        // As an import does: other files are read all the same.
        if (!(error instanceof SourceError)) throw error
        complaints.push(error.message)
      }
    }
  } finally {
    close()
  }
  return {
    formats: inputs.map((input) => input.format),
    found,
    faults: found.flatMap((item) => ('reason' in item ? [`${item.place.at}: ${item.reason}`] : [])),
    skipped,
    leftOut,
    complaints,
    of: (kind) => found.flatMap((item) => ('record' in item ? modelOf(item, kind) : [])),
  }
}

function modelOf<K extends Kind>(item: FoundRecord, kind: K): Models[K][]
function modelOf({ record }: FoundRecord, kind: Kind): unknown[] {
  return record.kind === kind ? [record.model] : []
}
