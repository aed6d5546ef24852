import type { Outcome } from '../../protocol/messages.js'
import { isWorthRetrying, toErrorData } from './errors.js'

/** What it gave or, where it threw, the error as data. */
export async function outcomeOf<Value>(work: () => Promise<Value>): Promise<Outcome<Value>> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    return { ok: false, error: toErrorData(error) }
  }
}

/**
 * The same, of one operation among others.
 *
 * @throws what is no fault of the operation's, and goes away when its transaction is tried again: a deadlock, say
 */
export async function outcomeAmongOthers<Value>(work: () => Promise<Value>): Promise<Outcome<Value>> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    if (isWorthRetrying(error)) throw error
    return { ok: false, error: toErrorData(error) }
  }
}
