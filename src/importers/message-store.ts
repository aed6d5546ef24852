import type { NewMessage } from '../main/index.js'
import type { OpenDatabase } from './import-files.js'
import { InFlight } from './in-flight.js'
import type { ImportRun } from './import-run.js'
import { isLineFault } from './line-fault.js'
import type { Entry, Store } from './stores.js'

const limits = { maxCalls: 4_000, maxBytes: 16 * 1024 * 1024 }

/** How a line was stored, as it is counted. A message is ignored when its user was forgotten, and for no other reason. */
const countedAs = {
  inserted: 'messagesInserted',
  updated: 'messagesUpdated',
  ignored: 'forgottenMessages',
} as const

/**
 * Puts messages in with a call for each, in the order of their lines, thousands at a time; the writer commits those together. So a
 * line that is refused leaves all others in their places: of two lines with one id the later wins.
 */
export function createMessageStore(open: OpenDatabase, run: ImportRun): Store<NewMessage> {
  const calls = new InFlight(limits, () => run.stop())
  const storeEntry = async ({ file, line, model }: Entry<NewMessage>): Promise<void> => {
    try {
      const db = await open()
      const { outcome } = await db.storeMessage(model)
      run.count(countedAs[outcome], 1)
    } catch (error) {
      if (!isLineFault(error)) throw error
      run.refuse({ file, line, reason: error.message })
    }
  }
  return {
    add: (entry) => calls.start(entry.bytes, () => storeEntry(entry)),
    finish: () => calls.settle(),
  }
}
