/**
 * A pipeline: four threads segment and embed messages while the main thread computes and answers nothing.
 * Run: node embedding-pipeline.ts [database]
 */
import { Worker, isMainThread, parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { connectPort, openDatabase, type DatabaseManager, type NewMessage } from 'convodb'

const threads = 4
const messagesPerThread = 5_000
const messagesPerSegment = 10
const dimension = 64

async function runMain(path: string): Promise<void> {
  const db = await openDatabase(path)
  const stored = new Int32Array(new SharedArrayBuffer(4))
  const ended = Array.from({ length: threads }, (_, index) => {
    const port = db.createPort()
    const worker = new Worker(new URL(import.meta.url), {
      workerData: { port, index, stored },
      transferList: [port],
    })
    return new Promise((resolve, reject) => worker.once('error', reject).once('exit', resolve))
  })
  // Stands for whatever keeps your main thread busy: not one event is handled until all is stored.
  const startedAtMs = performance.now()
  await new Promise((resolve) => setImmediate(resolve))
  const total = threads * messagesPerThread
  const mayStopAtMs = startedAtMs + 60_000
  while (Atomics.load(stored, 0) < total && performance.now() < mayStopAtMs);
  const seconds = (performance.now() - startedAtMs) / 1_000
  console.log(`Main thread computed for ${seconds.toFixed(1)} s without a pause`)
  console.log(
    `Meanwhile ${threads} threads stored ${Atomics.load(stored, 0)} messages, with their embeddings`,
  )
  await Promise.all(ended)
  const { rows } = await db.stats()
  console.log(
    `${rows.messages} messages, ${rows.embeddings} embeddings, ${rows.conversationSegments} segments`,
  )
  const { items } = await db.getConversationSegments({ channelId: 'channel-0', limit: 1 })
  console.log(`The latest of channel-0: ${items[0]?.summary ?? 'none'}`)
  await db.close()
}

async function runThread(data: { port: MessagePort; index: number; stored: Int32Array }): Promise<void> {
  const db = await connectPort(data.port)
  for (let first = 0; first < messagesPerThread; first += messagesPerSegment) {
    await storeSegment(db, `channel-${data.index}`, first)
    Atomics.add(data.stored, 0, messagesPerSegment)
  }
  await db.close()
  parentPort?.close()
}

async function storeSegment(db: DatabaseManager, channelId: string, first: number): Promise<void> {
  const messages = Array.from({ length: messagesPerSegment }, (_, n) => makeMessage(channelId, first + n))
  const messageIds = messages.map(({ messageId }) => messageId)
  // Calls are carried out in the order in which they were made, so one round of waiting is enough.
  await Promise.all([
    db.addMessages(messages),
    db.createSegmentWithMessages({
      segmentId: `${channelId}/${first}`,
      channelId,
      startTime: first * 1_000,
      endTime: (first + messagesPerSegment) * 1_000,
      summary: `${messagesPerSegment} messages about ${topicOf(first)}`,
      messages: messageIds,
    }),
    db.storeEmbeddings(
      messages.map(({ messageId, content }) => ({
        ownerType: 'message',
        ownerId: messageId,
        model: 'hashed-words',
        vector: embed(content),
      })),
    ),
  ])
}

const topics = ['tea', 'trains', 'gardens', 'databases']
const topicOf = (n: number): string => topics[Math.floor(n / messagesPerSegment) % topics.length] ?? ''

const makeMessage = (channelId: string, n: number): NewMessage => ({
  messageId: `${channelId}:${n}`,
  channelId,
  userId: `user-${n % 7}`,
  content: `message ${n} says something about ${topicOf(n)}`,
  timestamp: n * 1_000,
})

/** Every word counts at the place its hash gives it: the plainest of embeddings. */
function embed(text: string): Float32Array {
  const vector = new Float32Array(dimension)
  for (const word of text.split(' ')) {
    let hash = 0
    for (const character of word) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003
    vector[hash % dimension] = (vector[hash % dimension] ?? 0) + 1
  }
  return vector
}

if (isMainThread) await runMain(process.argv[2] ?? ':memory:')
else await runThread(workerData)
