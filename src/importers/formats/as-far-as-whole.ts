import type { Notes } from '../notes.js'
import { SourceError, type Source } from '../source.js'

/** What is read of a file beside its name. */
export type ReadableSource = Pick<Source, 'name' | 'read'>

/** A source that ends where it can not be read any further, and is complained of then: others beside it can still be read. */
export const asFarAsWhole = (source: ReadableSource, notes: Notes): ReadableSource => ({
  name: source.name,
  read: async function* readWhole(signal) {
    try {
      yield* source.read(signal)
    } catch (error) {
      if (!(error instanceof SourceError) || signal.aborted) throw error
      notes.complain(source.name, error.message.replace(`${source.name} `, ''))
    }
  },
})

/** For reading something once more: what is wrong with it has been said, or will be. */
export const quietly = (notes: Notes): Notes => ({
  signal: notes.signal,
  timesOf: (file) => notes.timesOf(file),
  skip: (why) => notes.skip(why),
  leaveOut: (what) => notes.leaveOut(what),
  complain: () => undefined,
})
