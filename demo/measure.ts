import { createHistogram, monitorEventLoopDelay, performance, type Histogram } from 'node:perf_hooks'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { DatabaseManager, NewMessage, Stats } from 'convodb'
import type { Chat, NewSegment } from './chat.js'
import { createRandom } from './random.js'

interface Stored {
  readonly messages: number
  readonly elapsedMs: number
}

export interface Measured extends Stored {
  /** From the call for a page to its answer, in microseconds. */
  readonly pageLatencyUs: Histogram
  /** From one timer of this thread to the next, in nanoseconds. */
  readonly eventLoopNs: Histogram
  /** The share of the time in which this thread was busy, 0 to 1. */
  readonly utilization: number
  /** As they were when the last message was committed. */
  readonly stats: Stats
}

export interface Filling {
  readonly seed: number
  /** Ends the filling early; what is under way is still waited for. */
  readonly signal: AbortSignal
  /** Called now and then with the number of messages acknowledged so far. */
  readonly onProgress: (messages: number) => void
}

export const pageSize = 50
export const timerMs = 1
/** After so many calls the thread is handed back, so that answers and timers get their turn. */
const callsPerTurn = 50
const turnsInFlight = 40
export const maxCallsInFlight = callsPerTurn * turnsInFlight
/** A person who leafs through channels, not a load test: the reads are there to be measured. */
const readPauseMs = 5

/**
 * Fills a database with a chat while reading from it, and measures both.
 *
 * @throws the signal's reason when it was aborted
 */
export async function measure(db: DatabaseManager, chat: Chat, filling: Filling): Promise<Measured> {
  await introduce(db, chat)
  const filled = new AbortController()
  const eventLoopNs = monitorEventLoopDelay({ resolution: timerMs })
  eventLoopNs.enable()
  const start = performance.eventLoopUtilization()
  const [stored, pageLatencyUs] = await Promise.all([
    fill(db, chat, filling).finally(() => filled.abort()),
    readMeanwhile(db, chat, filling.seed, filled.signal),
  ])
  const { utilization } = performance.eventLoopUtilization(start)
  eventLoopNs.disable()
  filling.signal.throwIfAborted()
  return { ...stored, pageLatencyUs, eventLoopNs, utilization, stats: await db.stats() }
}

/** Stores who takes part, before anything is said; channels come with their first message. */
const introduce = (db: DatabaseManager, { people }: Chat): Promise<unknown> =>
  Promise.all(
    people.flatMap(({ userId, displayName, language: { code } }) => [
      db.users.upsertUser({ userId, displayName }),
      db.users.updateProfile({ userId, profile: { language: code, notifications: { mentions: true } } }),
    ]),
  )

/** Stores the chat, one call a message, many in flight. */
async function fill(db: DatabaseManager, chat: Chat, { signal, onProgress }: Filling): Promise<Stored> {
  let messages = 0
  const startMs = performance.now()
  const store = async (event: NewMessage | NewSegment): Promise<void> => {
    // Calls are carried out in the order in which they were made, so a segment's messages are there by then.
    if ('segmentId' in event) {
      await db.createSegmentWithMessages(event)
    } else {
      await db.storeMessage(event)
      messages += 1
    }
  }
  const turns: Promise<unknown>[] = []
  let calls: Promise<void>[] = []
  const endTurn = (): void => {
    const turn = Promise.all(calls)
    // A failure is raised where the turn is waited for; until then it is nobody's.
    turn.catch(() => undefined)
    turns.push(turn)
    calls = []
  }
  for (const event of chat.events()) {
    calls.push(store(event))
    if (calls.length < callsPerTurn) continue
    endTurn()
    onProgress(messages)
    await nextTurn()
    if (turns.length === turnsInFlight) await turns.shift()
    if (signal.aborted) break
  }
  endTurn()
  await Promise.all(turns)
  return { messages, elapsedMs: performance.now() - startMs }
}

/** Reads the latest page of one channel after another until `signal` is aborted. */
async function readMeanwhile(
  db: DatabaseManager,
  { channels }: Chat,
  seed: number,
  signal: AbortSignal,
): Promise<Histogram> {
  const random = createRandom(seed)
  const latencyUs = createHistogram()
  while (!signal.aborted) {
    const { channelId } = random.pick(channels)
    const startMs = performance.now()
    await db.getMessages({ channelId, limit: pageSize })
    latencyUs.record(Math.max(1, Math.round((performance.now() - startMs) * 1000)))
    await sleep(readPauseMs)
  }
  return latencyUs
}
