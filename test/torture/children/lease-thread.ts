import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { connectPort, ConvoDbError, type NewMessage, type Transaction } from 'convodb'
import type { Fate, ThreadReport } from './lease-fates.js'

/** One thread among several that lease the writer, store, change their minds and give up, at random. */
interface ThreadTask {
  readonly port: MessagePort
  readonly name: string
  readonly steps: number
}
const { port, name, steps }: ThreadTask = workerData
const db = await connectPort(port)

const pairs: Record<string, Fate> = {}
const messages: Record<string, Fate> = {}
const codes: Record<string, number> = {}

const insertPair = 'INSERT INTO pairs (id, half) VALUES (?, ?)'
const insertMessage = `
  INSERT INTO messages (message_id, channel_key, user_key, content, timestamp, message_type)
  SELECT ?, channel_key, user_key, 'by hand', 5, 'message' FROM channels, users
  WHERE channel_id = 'general' AND user_id = 'ada'`

class ChangedMind extends Error {}

type Work = (transaction: Transaction, id: string) => Promise<unknown>
interface Lease {
  readonly work: Work
  /** Whether it stores a message of its name, too. */
  readonly storesMessage?: boolean
  readonly options?: { readonly timeoutMs?: number; readonly idleTimeoutMs?: number }
  /** Aborts the lease a moment after it began. */
  readonly isAborted?: boolean
}

const newMessage = (messageId: string): NewMessage => ({
  messageId,
  channelId: 'general',
  userId: 'ada',
  content: messageId,
  timestamp: Math.floor(Math.random() * 9),
})

const both: Work = async (connection, id) => {
  await connection.run(insertPair, [id, 1])
  await connection.run(insertPair, [id, 2])
}

/** The first of them commit, the others may not. */
const leases: readonly Lease[] = [
  { work: both },
  { work: both },
  { work: (connection, id) => connection.exec(`INSERT INTO pairs VALUES ('${id}', 1), ('${id}', 2)`) },
  {
    work: async (connection, id) => {
      await both(connection, id)
      await connection.run(insertMessage, [id])
    },
    storesMessage: true,
  },
  {
    work: async (transaction, id) => {
      await transaction.storeMessage(newMessage(id))
      await both(transaction, id)
    },
    storesMessage: true,
  },
  {
    // What fails and is caught leaves nothing, and the rest stands.
    work: async (transaction, id) => {
      await both(transaction, id)
      const twice = [newMessage(id), newMessage(id)]
      await transaction.addMessages({ messages: twice, onConflict: 'error' }).catch(() => 'caught')
      await transaction.addMessages([newMessage(id)])
    },
    storesMessage: true,
  },
  {
    work: async (connection, id) => {
      await connection.run(insertPair, [id, 1])
      throw new ChangedMind()
    },
  },
  {
    work: async (connection, id) => {
      await connection.run(insertPair, [id, 1])
      // Rolls the transaction back; what comes after it must not stand alone.
      await connection.run(`INSERT OR ROLLBACK INTO pairs VALUES ('first', 1)`).catch(() => 'caught')
      await connection.run(insertPair, [id, 2])
    },
  },
  {
    work: async (connection, id) => {
      await connection.run(insertPair, [id, 1])
      await connection.exec('COMMIT')
    },
  },
  { work: both, options: { timeoutMs: 4 } },
  { work: both, isAborted: true },
  {
    work: async (connection, id) => {
      await connection.run(insertPair, [id, 1])
      await sleep(30)
      await connection.run(insertPair, [id, 2])
    },
    options: { idleTimeoutMs: 10 },
  },
]

function fateOf(error: unknown): Fate {
  const code =
    error instanceof ConvoDbError ? error.code : error instanceof ChangedMind ? 'thrown' : String(error)
  codes[code] = (codes[code] ?? 0) + 1
  if (!(error instanceof ConvoDbError)) return 'not'
  return error.code === 'OUTCOME_UNKNOWN' || error.details['maybeCommitted'] === true ? 'unknown' : 'not'
}

const note = async (call: Promise<unknown>): Promise<Fate> =>
  call.then(
    () => 'committed' as const,
    (error: unknown) => fateOf(error),
  )

async function lease(id: string, { work, options, isAborted = false, storesMessage }: Lease): Promise<void> {
  const controller = new AbortController()
  const call = db.transaction(
    async (transaction) => {
      if (isAborted) setTimeout(() => controller.abort(), Math.random() * 5)
      await work(transaction, id)
    },
    { ...options, signal: controller.signal },
  )
  const fate = await note(call)
  pairs[id] = fate
  if (storesMessage === true) messages[id] = fate
}

async function store(id: string): Promise<void> {
  messages[id] = await note(db.storeMessage({ ...newMessage(id), onConflict: 'error' }))
}

/** All of them or none. */
async function storeTogether(ids: readonly string[]): Promise<void> {
  const operations = ids.map((id) => ({
    name: 'storeMessage' as const,
    params: { ...newMessage(id), onConflict: 'error' as const },
  }))
  const fate = await note(db.batch(operations))
  for (const id of ids) messages[id] = fate
}

for (let step = 0; step < steps; step += 1) {
  const id = `${name}-${step}`
  const chosen = leases[Math.floor(Math.random() * leases.length * 1.6)]
  if (chosen !== undefined) await lease(id, chosen)
  else await Promise.all([store(id), storeTogether([`${id}+`, `${id}++`]), store(`${id}+++`)])
}
await db.close()
const report: ThreadReport = { pairs, messages, codes }
parentPort?.postMessage(report)
