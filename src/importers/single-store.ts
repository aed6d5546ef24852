import { InFlight } from './in-flight.js'
import type { ImportRun } from './import-run.js'
import { isLineFault } from './line-fault.js'
import type { Entry, Store } from './stores.js'

const limits = { maxCalls: 500, maxBytes: 16 * 1024 * 1024 }

/**
 * Puts models in with a call for each, many at a time; the writer commits those together. A call that fails by its
 * model's fault makes a bad line.
 */
export function createSingleStore<Model>(
  run: ImportRun,
  kind: 'channels' | 'segments',
  store: (model: Model) => Promise<unknown>,
): Store<Model> {
  const calls = new InFlight(limits, () => run.stop())
  const storeEntry = async ({ file, line, model }: Entry<Model>): Promise<void> => {
    try {
      await store(model)
      run.count(kind, 1)
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
