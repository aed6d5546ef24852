import { ConvoDbError } from '../main/index.js'

/** How something ended, as JSON of an outcome; never rejects. `work` gives a value that is JSON already. */
export async function outcomeJson(work: () => Promise<unknown> | unknown): Promise<string> {
  try {
    return `{"ok":true,"value":${JSON.stringify((await work()) ?? null)}}`
  } catch (error) {
    const ours = error instanceof ConvoDbError ? error : new ConvoDbError('INTERNAL', String(error))
    return `{"ok":false,"error":${JSON.stringify(ours)}}`
  }
}
