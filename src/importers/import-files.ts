import type { DatabaseManager, Params } from '../main/index.js'
import { ImportRun, type ImportCounts, type ImportOptions } from './import-run.js'
import { createMessageStore } from './message-store.js'
import { readChannel, readMessage, readSegment, type NewSegment } from './models.js'
import { readModels } from './read-models.js'
import { createSingleStore } from './single-store.js'
import { SourceError, type Source } from './source.js'
import type { TimeReading } from './time-fields.js'
import type { Store } from './stores.js'

/** Files of NDJSON, each list in the order in which it goes in. */
export interface ImportFiles {
  readonly channels: readonly Source[]
  readonly messages: readonly Source[]
  readonly segments: readonly Source[]
}

export interface ImportReport extends ImportCounts {
  /** What ended the import early (a full disk, a lost writer); undefined when nothing did. */
  readonly failure: unknown
}

/** Gives the database, and makes it when it is first asked for. */
export type OpenDatabase = () => Promise<DatabaseManager>

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
  const channels = createSingleStore(run, 'channels', async (channel: Params<'upsertChannel'>) =>
    (await open()).upsertChannel(channel),
  )
  const segments = createSingleStore(run, 'segments', async (segment: NewSegment) =>
    storeSegment(await open(), segment),
  )
  try {
    for (const source of files.channels) await importSource(run, source, readChannel, channels)
    await channels.finish()
    const messages = createMessageStore(open, run)
    for (const source of files.messages) await importSource(run, source, readMessage, messages)
    await messages.finish()
    for (const source of files.segments) await importSource(run, source, readSegment, segments)
    await segments.finish()
  } catch (failure) {
    return { ...run.counts, failure }
  }
  return { ...run.counts, failure: undefined }
}

async function importSource<Model>(
  run: ImportRun,
  source: Source,
  read: (text: string, times: TimeReading) => Model,
  store: Store<Model>,
): Promise<void> {
  if (run.signal.aborted) return
  const file = source.name
  const times: TimeReading = { unit: run.times, note: (value) => run.noteTime(file, value) }
  try {
    for await (const item of readModels(source.read(run.signal), (text) => read(text, times))) {
      if ('reason' in item) run.refuse({ file, line: item.line, reason: item.reason })
      else await store.add({ file, ...item })
      if (run.signal.aborted) return
    }
  } catch (error) {
    // Whoever stopped the reading knows why; the files are not at fault.
    if (run.signal.aborted && error instanceof SourceError) return
    if (!(error instanceof SourceError)) throw error
    run.giveUp(error)
  }
}

async function storeSegment(db: DatabaseManager, { segment, furtherMembers }: NewSegment): Promise<void> {
  if ('messages' in segment) await db.createSegmentWithMessages(segment)
  else await db.createConversationSegment(segment)
  for (const members of furtherMembers) await db.addMessagesToSegment(members)
}
