import type { DatabaseManager, NewMessage } from '../main/index.js'
import { InFlight } from './in-flight.js'
import type { ImportRun } from './import-run.js'
import { isLineFault } from './line-fault.js'
import type { Entry, Store } from './stores.js'

type MessageEntry = Entry<NewMessage>

const maxBatchMessages = 1_000
const maxBatchBytes = 4 * 1024 * 1024
const limits = { maxCalls: 4, maxBytes: 16 * 1024 * 1024 }

/**
 * Puts messages in by the thousand, up to four batches at a time. Where a batch fails by a message's fault, its messages
 * go one by one, so that only the guilty make bad lines.
 */
export function createMessageStore(db: DatabaseManager, run: ImportRun): Store<NewMessage> {
  const calls = new InFlight(limits, () => run.stop())
  let batch: MessageEntry[] = []
  let batchBytes = 0

  const startBatch = async (): Promise<void> => {
    const entries = batch
    const bytes = batchBytes
    batch = []
    batchBytes = 0
    if (entries.length > 0) await calls.start(bytes, () => storeBatch(db, run, entries))
  }

  return {
    add: async (entry) => {
      if (batchBytes + entry.bytes > maxBatchBytes) await startBatch()
      batch.push(entry)
      batchBytes += entry.bytes
      if (batch.length >= maxBatchMessages) await startBatch()
    },
    finish: async () => {
      await startBatch()
      await calls.settle()
    },
  }
}

async function storeBatch(
  db: DatabaseManager,
  run: ImportRun,
  entries: readonly MessageEntry[],
): Promise<void> {
  try {
    const { inserted, updated } = await db.addMessages(entries.map(({ model }) => model))
    run.count('messagesInserted', inserted)
    run.count('messagesUpdated', updated)
  } catch (error) {
    if (!isLineFault(error)) throw error
    for (const entry of entries) await storeAlone(db, run, entry)
  }
}

async function storeAlone(db: DatabaseManager, run: ImportRun, entry: MessageEntry): Promise<void> {
  try {
    const { outcome } = await db.storeMessage(entry.model)
    run.count(outcome === 'inserted' ? 'messagesInserted' : 'messagesUpdated', 1)
  } catch (error) {
    if (!isLineFault(error)) throw error
    run.refuse({ file: entry.file, line: entry.line, reason: error.message })
  }
}
