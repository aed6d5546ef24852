import { openDatabase, type DatabaseManager, type OpenOptions } from 'convodb'
import { MemoryWatch } from '../overload/memory-watch.js'
import { offer } from '../overload/offer.js'
import type { OverloadReport, OverloadTask } from './overload-task.js'

/**
 * Measures what a database can do and then offers it a multiple, by the clock and whatever becomes of the calls. Small
 * transactions make the disk the limit, so that one thread can offer ten times as much as is stored.
 */
const task: OverloadTask = JSON.parse(process.argv[2] ?? '')
const options: OpenOptions = { maxBatchOperations: 2, readers: 1, cacheSizeKib: 8_192 }
const inFlight = 2_000
const capacityMs = 2_000
const loneMs = 500
/** From the end of the load on. */
const recoveryMs = 1_000
const noBound = 10_000_000

let next = 0
const acknowledged: number[] = []
const content = 'milk '.repeat(40)

async function store(db: DatabaseManager): Promise<void> {
  const n = next
  next += 1
  await db.storeMessage({
    messageId: `m${n}`,
    channelId: `c${n % 50}`,
    userId: `u${n % 500}`,
    content,
    timestamp: n,
  })
  acknowledged.push(n)
}

async function measureCapacity(): Promise<number> {
  await using db = await openDatabase(task.path, options)
  const endMs = performance.now() + capacityMs
  const keepStoring = async (): Promise<void> => {
    while (performance.now() < endMs) await store(db)
  }
  await Promise.all(Array.from({ length: inFlight }, keepStoring))
  return Math.round((acknowledged.length / capacityMs) * 1_000)
}

const quantile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? Infinity

async function timeCall(db: DatabaseManager): Promise<number> {
  const startedAtMs = performance.now()
  await store(db)
  return performance.now() - startedAtMs
}

/** The median of calls that wait for each other. */
async function timeLoneCalls(db: DatabaseManager): Promise<number> {
  const times: number[] = []
  for (const endMs = performance.now() + loneMs; performance.now() < endMs;) times.push(await timeCall(db))
  return quantile(times, 0.5)
}

async function countLost(db: DatabaseManager): Promise<number> {
  let lost = 0
  for (let at = 0; at < acknowledged.length; at += 10_000) {
    const messageIds = acknowledged.slice(at, at + 10_000).map((n) => `m${n}`)
    lost += messageIds.length - (await db.getMessagesByIds(messageIds)).length
  }
  return lost
}

const capacity = await measureCapacity()
const maxQueuedOperations =
  task.queuedWorkMs === null ? noBound : Math.ceil((capacity * task.queuedWorkMs) / 1_000)
const db = await openDatabase(task.path, { ...options, maxQueuedOperations })
const loneBeforeMs = await timeLoneCalls(db)

const watch = new MemoryWatch()
const load = await offer(() => store(db), capacity * task.factor, task.seconds)
const endedAtMs = performance.now()
const memory = watch.stop()

async function recover(): Promise<Pick<OverloadReport, 'firstAfterMs' | 'loneAfterMs'>> {
  await db.ready()
  await store(db)
  const firstAfterMs = performance.now() - endedAtMs
  await new Promise((resolve) => setTimeout(resolve, endedAtMs + recoveryMs - performance.now()))
  return { firstAfterMs, loneAfterMs: await timeLoneCalls(db) }
}

async function report(): Promise<OverloadReport> {
  const recovery = await recover()
  await load.answered
  const { turns, ...offered } = load.offered
  const stored = offered.offered - offered.refused - offered.otherErrors.length
  const result = {
    capacity,
    maxQueuedOperations,
    ...offered,
    offeredPerSecond: Math.round(offered.offered / task.seconds),
    stored,
    acknowledged: acknowledged.length,
    lost: await countLost(db),
    messages: await db.countMessages(),
    ...memory,
    longestTurnMs: turns.max / 1_000_000,
    turnMsPercentile99: turns.percentile(99) / 1_000_000,
    loneBeforeMs,
    ...recovery,
  }
  await db.close()
  return result
}

// Where the queue has no bound it would take long to answer what waits, and the memory is all that is asked for.
process.stdout.write(JSON.stringify(task.queuedWorkMs === null ? memory : await report()))
if (task.queuedWorkMs === null) process.kill(process.pid, 'SIGKILL')
