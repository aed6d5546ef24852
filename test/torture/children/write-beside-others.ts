import { ConvoDbError, openDatabase, type NewMessage } from 'convodb'
import type { BesideReport, BesideTask } from './beside-task.js'

/** Writes to channels, ids, users and segments that other processes write to at the same time; prints what was acknowledged. */
const task: BesideTask = JSON.parse(process.argv[2] ?? '{}')
const writers = 24
const sharedIds = 400

const db = await openDatabase(task.url, { readers: 1 })
const until = performance.now() + task.milliseconds
const stored: string[] = []
const codes: Record<string, number> = {}
let increments = 0
let calls = 0

const below = (end: number): number => Math.floor(Math.random() * end)
const sharedId = (): string => `shared-${below(sharedIds)}`
const row = (messageId: string): NewMessage => ({
  messageId,
  channelId: `c${below(4)}`,
  userId: `u${below(20)}`,
  content: `words of ${task.name} ${below(1_000)}`,
  timestamp: below(1_000_000),
})

async function increment(): Promise<void> {
  await db.transaction(async (transaction) => {
    const profile = (await transaction.getProfile('counter'))?.profile
    const count = Number(Reflect.get(Object(profile), 'count') ?? 0)
    await transaction.updateProfile({ userId: 'counter', profile: { count: count + 1 } })
  })
  increments += 1
}

async function storeOwn(writer: number): Promise<void> {
  const messages = Array.from({ length: 1 + below(5) }, (_, n) => row(`${task.name}-${writer}-${calls}-${n}`))
  await db.addMessages({ messages, onConflict: 'error' })
  stored.push(...messages.map(({ messageId }) => messageId))
}

const segment = (): string => `segment-${below(8)}`
const acts: readonly (() => Promise<unknown>)[] = [
  () => db.storeMessage(row(sharedId())),
  () => db.storeMessage({ ...row(sharedId()), onConflict: 'ignore' }),
  () => db.addMessages(Array.from({ length: 20 }, () => row(sharedId()))),
  () => db.updateMessage({ messageId: sharedId(), content: `changed by ${task.name}` }),
  () => db.deleteMessages([sharedId(), sharedId()]),
  () => db.addReaction({ messageId: sharedId(), userId: `u${below(20)}`, reaction: '👍' }),
  () => db.users.upsertUser({ userId: `u${below(20)}`, displayName: `of ${task.name}` }),
  () =>
    db.createConversationSegment({
      segmentId: segment(),
      channelId: 'c0',
      startTime: 0,
      endTime: 1,
      onConflict: 'update',
    }),
  () => db.addMessagesToSegment({ segmentId: segment(), messages: [sharedId()] }),
  () =>
    db.storeEmbeddings([
      { ownerType: 'message', ownerId: sharedId(), model: 'mini', vector: [Math.random(), 1] },
    ]),
  () => db.getMessages({ channelId: `c${below(4)}`, limit: 20 }),
]

/** One of them counts: each of its transactions has the writes of both processes to itself, and more would wait for one another alone. */
function actOf(writer: number): (() => Promise<unknown>) | undefined {
  if (writer === 0) return increment
  return below(3) === 0 ? () => storeOwn(writer) : acts[below(acts.length)]
}

async function work(writer: number): Promise<void> {
  while (performance.now() < until) {
    calls += 1
    const act = actOf(writer)
    try {
      await act?.()
    } catch (error) {
      const code = error instanceof ConvoDbError ? error.code : String(error)
      codes[code] = (codes[code] ?? 0) + 1
    }
  }
}

await Promise.all(Array.from({ length: writers }, (_, writer) => work(writer)))
await db.close()
const report: BesideReport = { stored, increments, calls, codes }
process.stdout.write(JSON.stringify(report))
