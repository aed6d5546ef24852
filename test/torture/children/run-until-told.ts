import { openSync, writeSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { closeOnSignals, openDatabase, type DatabaseManager } from 'convodb'

/**
 * Stores without end, writes down what was acknowledged, and closes its databases when a signal tells it to end. On its
 * output a line for each event: `storing` under load, `held` when a borrower has the writer, `told` at the first signal.
 */
export interface ToldTask {
  /** Each with `closeOnSignals`, in this order. Messages go into the last one. */
  readonly paths: readonly string[]
  readonly timeoutMs: number
  /** Gets the ids of messages that were acknowledged, a line each. */
  readonly acknowledgementsPath: string
  /** SQL with which a borrower takes the writer; run when a signal has come. */
  readonly heldBy?: string
}

const task: ToldTask = JSON.parse(process.argv[2] ?? '')
const inFlight = 500
/** Longer than an idle database takes to close. */
const borrowerPauseMs = 1_000

/** At once: a line that waits for the event loop would be lost with the process. A pipe may be full; a file takes it. */
const acknowledgements = openSync(task.acknowledgementsPath, 'a')
const say = (event: string): void => void writeSync(1, `${event}\n`)

async function store(db: DatabaseManager, writer: number): Promise<void> {
  for (let n = 0; ; n += 1) {
    const messageId = `${writer}-${n}`
    await db.storeMessage({
      messageId,
      channelId: `c${n % 7}`,
      userId: 'u',
      content: messageId,
      timestamp: n,
    })
    writeSync(acknowledgements, `${messageId}\n`)
    if (messageId === '0-3') say('storing')
  }
}

/** Handlers that are gone when they were called: a second signal meets none of them. */
const told = new Promise<void>((resolve) => {
  const tell = (): void => {
    process.off('SIGTERM', tell).off('SIGINT', tell)
    say('told')
    resolve()
  }
  process.on('SIGTERM', tell).on('SIGINT', tell)
})

async function hold(db: DatabaseManager, sql: string): Promise<void> {
  await db.withConnection(
    async (connection) => {
      await connection.get('SELECT 1 AS one')
      say('held')
      await told
      await delay(borrowerPauseMs)
      await connection.exec(sql)
    },
    { mode: 'write' },
  )
}

let storing: DatabaseManager | undefined
for (const path of task.paths) {
  storing = await openDatabase(path)
  closeOnSignals(storing, { timeoutMs: task.timeoutMs })
}
if (storing === undefined) throw new Error('There is no path')
const db = storing
// When the signal has come, calls are refused with CLOSED, which is the end of each of these.
const work = Array.from({ length: inFlight }, (_, writer) => store(db, writer))
if (task.heldBy !== undefined) work.push(hold(db, task.heldBy))
await Promise.allSettled(work)
