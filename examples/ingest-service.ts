/**
 * An ingest service: it stores a stream of messages as fast as the database takes them. When the queue is full the
 * call fails with OVERLOADED and nothing is lost: the service waits and tries again, and reads no further meanwhile.
 *
 *     node build/examples/ingest-service.js [path] [messages]     defaults: ':memory:' and 20000; ctrl-C ends it early
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { ConvoDbError, openDatabase, type NewMessage } from 'convodb'

const [path = ':memory:', count = '20000'] = process.argv.slice(2)

const stopping = new AbortController()
process.once('SIGINT', () => stopping.abort()).once('SIGTERM', () => stopping.abort())

// Small on purpose, so that the example shows what a full queue looks like; the default is 100,000 operations.
const db = await openDatabase(path, { maxQueuedOperations: 1000 })

let stored = 0
let refused = 0

/** Where the messages come from; yours would be a socket, a queue or a log. */
function* source(total: number): Generator<NewMessage, void, void> {
  for (let index = 0; index < total; index += 1) {
    yield {
      messageId: `message-${index}`,
      channelId: `room-${index % 20}`,
      userId: `user-${index % 500}`,
      content: `Reading ${index}: ${(20 + 5 * Math.sin(index / 50)).toFixed(1)} °C`,
      timestamp: Date.UTC(2026, 0, 1) + index * 1000,
    }
  }
}

/** Stores one message, waiting while the queue is full. */
async function store(message: NewMessage): Promise<void> {
  for (let delayMs = 1; ; delayMs = Math.min(2 * delayMs, 100)) {
    try {
      await db.storeMessage(message)
      stored += 1
      return
    } catch (error) {
      if (!(error instanceof ConvoDbError) || error.code !== 'OVERLOADED') throw error
      refused += 1
      await sleep(delayMs)
    }
  }
}

/** Takes message after message from the shared source; many such loops at once keep the writer's batches full. */
async function work(messages: Iterable<NewMessage>): Promise<void> {
  for (const message of messages) {
    await store(message)
    if (stopping.signal.aborted) return
  }
}

const startMs = performance.now()
const messages = source(Number(count))
try {
  await Promise.all(Array.from({ length: 1500 }, () => work(messages)))
  const elapsedSeconds = (performance.now() - startMs) / 1000
  const { rows, commits, averageBatch, write } = await db.stats()
  console.log(
    stopping.signal.aborted ? 'Stopped early; everything acknowledged is stored.' : 'Source exhausted.',
  )
  console.log(`stored       ${stored} messages in ${elapsedSeconds.toFixed(1)} s, ${rows.messages} rows`)
  console.log(`rate         ${Math.round(stored / elapsedSeconds)} messages/s`)
  console.log(`commits      ${commits}, ${averageBatch.toFixed(0)} messages each on average`)
  console.log(`overloaded   ${refused} calls were refused at first and tried again`)
  console.log(`latency p99  ${write.latencyMs.p99.toFixed(1)} ms from call to commit`)
} finally {
  await db.close()
}
