import { ConvoDbError, type DatabaseManager } from '../main/index.js'
import type { Place } from './found.js'
import type { FileRun } from './import-run.js'
import type { InFlight } from './in-flight.js'
import { isLineFault, isOfForgottenUser } from './line-fault.js'

/** A model on its way into the database, and where it came from. */
export interface Entry<Model> {
  readonly file: FileRun
  readonly place: Place
  readonly bytes: number
  readonly model: Model
}

/** Puts models of one kind into the database, in the order in which they come. */
export interface Store<Model> {
  /** Takes a model; it may wait for its turn, or for others. @throws what ended an earlier call for good */
  add(entry: Entry<Model>): Promise<void>
  /** To be called before a model of another kind comes: those that wait for others go. @throws as `add` */
  flush(): Promise<void>
}

/** Gives the database, and makes it when it is first asked for. */
export type OpenDatabase = () => Promise<DatabaseManager>

/** What all stores of an import share. */
export interface StoreContext {
  readonly open: OpenDatabase
  /** Calls are made in the order of their lines, whatever their kinds, and the writer carries them out in that order. */
  readonly calls: InFlight
}

/**
 * Makes a call for each model, thousands at a time; the writer commits those together. So a line that is refused leaves all
 * others in their places: of two lines with one id the later wins.
 */
export function createSingleStore<Model, Result>(
  { open, calls }: StoreContext,
  put: (db: DatabaseManager, model: Model) => Promise<Result>,
  onStored: (file: FileRun, result: Result, model: Model) => void,
): Store<Model> {
  const storeEntry = async ({ file, place, model }: Entry<Model>): Promise<void> => {
    const db = await open()
    try {
      onStored(file, await put(db, model), model)
    } catch (error) {
      if (isOfForgottenUser(error) || namesIgnored(file, error)) file.count('ignoredLines')
      else if (isLineFault(error)) file.refuse({ place, reason: error.message })
      else throw error
    }
  }
  return {
    add: (entry) => calls.start(entry.bytes, () => storeEntry(entry)),
    flush: () => Promise.resolve(),
  }
}

/** Whether a line names a message that is not there, since its user was forgotten. */
function namesIgnored(file: FileRun, error: unknown): boolean {
  if (!(error instanceof ConvoDbError) || error.code !== 'NOT_FOUND') return false
  const { messageId } = error.details
  return typeof messageId === 'string' && file.hasIgnored(messageId)
}

const modelsPerCall = 1_000

/** Makes one call for many models, of those that cost as much alone as by the thousand; none of them is ever refused. */
export function createJointStore<Model>(
  { open, calls }: StoreContext,
  put: (db: DatabaseManager, models: readonly Model[]) => Promise<unknown>,
  onStored: (file: FileRun) => void,
): Store<Model> {
  let entries: Entry<Model>[] = []
  let bytes = 0
  const flush = async (): Promise<void> => {
    const [together, togetherBytes] = [entries, bytes]
    entries = []
    bytes = 0
    if (together.length === 0) return
    await calls.start(togetherBytes, async () => {
      await put(
        await open(),
        together.map(({ model }) => model),
      )
      for (const { file } of together) onStored(file)
    })
  }
  return {
    add: async (entry) => {
      entries.push(entry)
      bytes += entry.bytes
      if (entries.length === modelsPerCall) await flush()
    },
    flush,
  }
}
