import { channelsBehindMessages } from './channels-behind-messages.js'
import { createDryStores } from './dry-stores.js'
import type { Found, FoundRecord } from './found.js'
import type { FileReport, ImportCounts } from './import-counts.js'
import { ImportRun, type FileRun, type ImportOptions } from './import-run.js'
import type { Notes } from './notes.js'
import type { Kind } from './records.js'
import { SourceError } from './source.js'
import type { Entry, OpenDatabase, Store } from './store.js'
import { createStores, type Stores } from './stores.js'

/** A file, or files that belong together, of one format. */
export interface ImportInput {
  /** As it is called in the report. */
  readonly name: string
  readonly format: string
  /** What is in it, in the order in which it goes in. */
  read(notes: Notes): AsyncGenerator<Found>
}

export interface ImportReport extends ImportCounts {
  /** What became of each input, in their order; those that were not begun are missing. */
  readonly files: readonly FileReport[]
  /** What ended the import early (a full disk, a lost writer); undefined when nothing did. */
  readonly failure: unknown
}

/**
 * Imports one input after the other, in constant memory. What is there already is updated in place, so the same import may run
 * again, also after one that was cut short.
 *
 * @param open gives where it goes, which is asked for when there is something to store; it stays open.
 * @param options `strict` default false; `signal` stops the reading and lets what is under way go in.
 * @returns what went in, also when the import ended early.
 */
export async function importFiles(
  open: OpenDatabase,
  inputs: readonly ImportInput[],
  options: ImportOptions = {},
): Promise<ImportReport> {
  const run = new ImportRun(options)
  const stores = run.isDryRun ? createDryStores() : createStores(open, run)
  let failure: unknown
  try {
    for (const input of inputs) {
      if (run.signal.aborted) break
      await importInput(run, input, stores)
    }
    await stores.settle()
  } catch (error) {
    failure = error
    // What is under way goes in, and counts; it may fail for the same reason.
    await stores.settle().catch(() => 'it is the failure that is told already')
  }
  return { ...run.counts, files: run.files, failure }
}

async function importInput(run: ImportRun, input: ImportInput, { of: storeOf }: Stores): Promise<void> {
  const file = run.startFile(input.name, input.format)
  let last: Kind = 'message'
  try {
    for await (const item of channelsBehindMessages(input.read(file))) {
      if ('reason' in item) {
        file.refuse(item)
      } else {
        if (item.record.kind !== last) await storeOf[last].flush()
        last = item.record.kind
        await put(storeOf, file, item)
      }
      if (run.signal.aborted) break
    }
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    // Whoever stopped the reading knows why; the files are not at fault.
    if (!run.signal.aborted) file.giveUp(error)
  }
  await storeOf[last].flush()
}

/** The store of a record's kind takes its model; the compiler loses that bond in a union, and this signature restores it. */
function put(storeOf: Stores['of'], file: FileRun, found: FoundRecord): Promise<void>
function put(
  storeOf: { readonly [K in Kind]: Store<unknown> },
  file: FileRun,
  { place, bytes, record: { kind, model } }: FoundRecord,
): Promise<void> {
  const entry: Entry<unknown> = { file, place, bytes, model }
  return storeOf[kind].add(entry)
}
