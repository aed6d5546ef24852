import type { Outcome } from '../../protocol/messages.js'
import { toErrorData } from './errors.js'

/** What it gave or, where it threw, the error as data. */
export async function outcomeOf<Value>(work: () => Promise<Value>): Promise<Outcome<Value>> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    return { ok: false, error: toErrorData(error) }
  }
}
