import { ConvoDbError } from '../main/index.js'
import { ImportRun, type ImportCounts, type ImportOptions } from './import-run.js'
import { readLines } from './lines.js'
import { readRecord, type Kind, type LineRecord } from './records.js'
import { SourceError, type Source } from './source.js'
import type { Entry, OpenDatabase, Store } from './store.js'
import { createStores, type Stores } from './stores.js'
import type { TimeReading } from './time-fields.js'

/** Files of NDJSON, each list in the order in which it goes in. */
export interface ImportFiles {
  readonly channels: readonly Source[]
  /** Of messages, or of everything that an export holds. */
  readonly messages: readonly Source[]
  readonly segments: readonly Source[]
}

export interface ImportReport extends ImportCounts {
  /** What ended the import early (a full disk, a lost writer); undefined when nothing did. */
  readonly failure: unknown
}

/**
 * Imports channels, then messages, then segments, in constant memory. What is there already is updated in place, so the
 * same import may run again, also after one that was cut short.
 *
 * @param open gives where it goes, which is asked for when there is a first line to store; it stays open.
 * @param options `strict` default false; `signal` stops the reading and lets what is under way go in.
 * @returns what went in, also when the import ended early.
 */
export async function importFiles(
  open: OpenDatabase,
  files: ImportFiles,
  options: ImportOptions = {},
): Promise<ImportReport> {
  const run = new ImportRun(options)
  const stores = createStores(open, run)
  try {
    for (const source of files.channels) await importSource(run, source, 'channel', stores)
    for (const source of files.messages) await importSource(run, source, 'message', stores)
    for (const source of files.segments) await importSource(run, source, 'segment', stores)
    await stores.settle()
  } catch (failure) {
    return { ...run.counts, failure }
  }
  return { ...run.counts, failure: undefined }
}

async function importSource(
  run: ImportRun,
  source: Source,
  kindOfFile: Kind,
  { of: storeOf }: Stores,
): Promise<void> {
  if (run.signal.aborted) return
  const file = source.name
  const times: TimeReading = { unit: run.times, note: (value) => run.noteTime(file, value) }
  let last = kindOfFile
  try {
    for await (const line of readLines(source.read(run.signal))) {
      const record = 'problem' in line ? line.problem : tryRead(line.text, kindOfFile, times)
      if (typeof record === 'string') {
        run.refuse({ file, line: line.number, reason: record })
      } else {
        if (record.kind !== last) await storeOf[last].flush()
        last = record.kind
        await put(storeOf, record, { file, line: line.number, bytes: 'bytes' in line ? line.bytes : 0 })
      }
      if (run.signal.aborted) break
    }
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    // Whoever stopped the reading knows why; the files are not at fault.
    if (!run.signal.aborted) run.giveUp(error)
  }
  await storeOf[last].flush()
}

/** The line's record, or why it is none. */
function tryRead(text: string, kindOfFile: Kind, times: TimeReading): LineRecord | string {
  try {
    return readRecord(text, kindOfFile, times)
  } catch (error) {
    if (error instanceof ConvoDbError && error.code === 'INVALID_ARGUMENT') return error.message
    throw error
  }
}

type LineEntry = Omit<Entry<never>, 'model'>

/** The store of a record's kind takes its model; the compiler loses that bond in a union, and this signature restores it. */
function put(storeOf: Stores['of'], record: LineRecord, entry: LineEntry): Promise<void>
function put(
  storeOf: { readonly [K in Kind]: Store<unknown> },
  { kind, model }: LineRecord,
  entry: LineEntry,
): Promise<void> {
  return storeOf[kind].add({ ...entry, model })
}
