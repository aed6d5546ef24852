import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from 'convodb'
import { percentile } from './percentile.js'
import type { FollowingReport, FollowingTask } from './following-task.js'

/** Stores messages at a pace while many follow them; prints how long a change took to those who follow. */
const task: FollowingTask = JSON.parse(process.argv[2] ?? '{}')
const channels = 200
const tickMs = 5
/** Until then code is compiled; it is not measured. */
const warmUpMs = 2_000

const db = await openDatabase(task.path, { readers: 2 })
const called = new Map<string, number>()
const acknowledged = new Map<string, number>()
const fromCallMs: number[] = []
const fromAnswerMs: number[] = []
let told = 0
const arrivals = { ofAll: 0 }
let startMs = performance.now()

async function follow(options: { readonly channelId?: string }, isMeasured: boolean): Promise<void> {
  for await (const change of db.subscribe(options)) {
    told += 1
    if (!isMeasured || change.kind !== 'messageStored') continue
    const now = performance.now()
    arrivals.ofAll += 1
    if (now - startMs < warmUpMs) continue
    fromCallMs.push(now - (called.get(change.messageId) ?? now))
    // Told before it was answered counts as no time at all.
    fromAnswerMs.push(now - (acknowledged.get(change.messageId) ?? now))
    called.delete(change.messageId)
    acknowledged.delete(change.messageId)
  }
}
const ended = (): void => undefined
const following = [
  follow({}, true).catch(ended),
  ...Array.from({ length: task.subscribers - 1 }, (_, n) =>
    follow({ channelId: `c${n % channels}` }, false).catch(ended),
  ),
]

startMs = performance.now()
let stored = 0
const calls: Promise<unknown>[] = []
while (performance.now() - startMs < task.seconds * 1_000) {
  const due = Math.floor(((performance.now() - startMs) / 1_000) * task.perSecond)
  // Where the machine can not keep the pace, it is slower.
  await db.ready()
  for (; stored < due; stored += 1) {
    const messageId = `m${stored}`
    called.set(messageId, performance.now())
    const call = db.storeMessage({
      messageId,
      channelId: `c${stored % channels}`,
      userId: `u${stored % 1_000}`,
      content: 'a message of some length, as people write them',
      timestamp: stored,
    })
    calls.push(call.then(() => acknowledged.set(messageId, performance.now())))
  }
  await sleep(tickMs)
}
await Promise.all(calls)
const tookMs = performance.now() - startMs
while (arrivals.ofAll < stored) await sleep(tickMs)
const followedMs = performance.now() - startMs
await db.close()
await Promise.all(following)

const report: FollowingReport = {
  storedPerSecond: Math.round(stored / (tookMs / 1_000)),
  followedPerSecond: Math.round(stored / (followedMs / 1_000)),
  told,
  stored,
  fromCallMs: { p50: percentile(fromCallMs, 0.5), p99: percentile(fromCallMs, 0.99) },
  fromAnswerMs: { p50: percentile(fromAnswerMs, 0.5), p99: percentile(fromAnswerMs, 0.99) },
}
process.stdout.write(JSON.stringify(report))
