import type { DatabaseManager } from '../main/index.js'
import { ImportRun, type ImportCounts, type ImportOptions } from './import-run.js'
import { createMessageStore } from './message-store.js'
import { readChannel, readMessage, readSegment, type NewSegment } from './models.js'
import { readModels } from './read-models.js'
import { createSingleStore } from './single-store.js'
import { SourceError, type Source } from './source.js'
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

/**
 * Imports channels, then messages, then segments, in constant memory. What is there already is updated in place, so the
 * same import may run again, also after one that was cut short.
 *
 * @param db where it goes; it stays open.
 * @param options `strict` default false; `signal` stops the reading and lets what is under way go in.
 * @returns what went in, also when the import ended early.
 */
export async function importFiles(
  db: DatabaseManager,
  files: ImportFiles,
  options: ImportOptions = {},
): Promise<ImportReport> {
  const run = new ImportRun(options)
  const channels = createSingleStore(run, 'channels', db.upsertChannel)
  const segments = createSingleStore(run, 'segments', (segment: NewSegment) => storeSegment(db, segment))
  try {
    for (const source of files.channels) await importSource(run, source, readChannel, channels)
    await channels.finish()
    const messages = createMessageStore(db, run)
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
  read: (text: string) => Model,
  store: Store<Model>,
): Promise<void> {
  if (run.signal.aborted) return
  const file = source.name
  try {
    for await (const item of readModels(source.read(run.signal), read)) {
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

function storeSegment(db: DatabaseManager, segment: NewSegment): Promise<unknown> {
  return 'messages' in segment ? db.createSegmentWithMessages(segment) : db.createConversationSegment(segment)
}
