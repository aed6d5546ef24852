import { performance } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import type { DatabaseManager } from '../../main/index.js'
import type { Chat, ChatEvent } from './chat.js'
import { createInFlight } from './in-flight.js'

export interface FillReport {
  readonly messages: number
  readonly elapsedMs: number
}

export interface FillOptions {
  /** Ends the filling early; what is under way is still waited for. */
  readonly signal: AbortSignal
  /** Called now and then with the number of messages acknowledged so far. */
  readonly onProgress: (messages: number) => void
}

export const maxCallsInFlight = 2000
/** The generator hands back the thread this often, so that answers and timers get their turn. */
const eventsPerTurn = 50

/** Stores the chat, one call a message, many in flight; resolves when the last one is committed. */
export async function fill(
  db: DatabaseManager,
  chat: Chat,
  { signal, onProgress }: FillOptions,
): Promise<FillReport> {
  let messages = 0
  const store = async (event: ChatEvent): Promise<void> => {
    if (event.kind === 'message') {
      await db.storeMessage(event.message)
      messages += 1
    } else {
      // Calls are carried out in the order in which they were made, so the members are there by then.
      await db.createSegmentWithMessages(event.segment)
    }
  }
  const inFlight = createInFlight(maxCallsInFlight)
  const startMs = performance.now()
  let sent = 0
  for (const event of chat.events()) {
    inFlight.add(store(event))
    sent += 1
    if (sent % eventsPerTurn === 0) {
      onProgress(messages)
      await setImmediate()
    }
    await inFlight.room()
    if (signal.aborted) break
  }
  await inFlight.done()
  return { messages, elapsedMs: performance.now() - startMs }
}
