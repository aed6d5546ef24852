import { subscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { setEnvironmentData, Worker } from 'node:worker_threads'
import { diagnosticsChannels, openDatabase } from 'convodb'
import { changesBehind, presentEnd } from '../../support/changes.js'
import { deathPlaces } from './death-control.js'
import type { Deed, FollowReport, FollowTask, Seen } from './follow-task.js'
import { writeAndNote } from './followed-writer.js'
import { followAll, toSeen, type FollowCounts } from './followers.js'

/** Several threads write and follow, while the writer thread dies; prints what each did and saw. */
const task: FollowTask = JSON.parse(process.argv[2] ?? '{}')
const control = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT))
setEnvironmentData('deaths', control)

let kills = 0
function armNext(): void {
  if (kills >= task.kills) return
  Atomics.store(control, deathPlaces.way, Math.random() < 0.5 ? 0 : 1)
  Atomics.store(control, deathPlaces.writer, 1 + Math.floor(Math.random() * 1_500))
}
subscribe(diagnosticsChannels.workerEnd, () => {
  kills += 1
  armNext()
})

interface ThreadReport {
  readonly deeds: Deed[]
  readonly seen: { [follower: string]: Seen[] }
  readonly counts: FollowCounts
}

const db = await openDatabase(task.path, { readers: 2 })
const start = await presentEnd(db)
const counts: FollowCounts = { reconnections: 0, codes: {} }
const following = followAll(db, start, counts)
const url = new URL('./follow-thread.js', import.meta.url)
const threads = ['port-a', 'port-b'].map((name) => {
  const port = db.createPort()
  const worker = new Worker(url, {
    workerData: { port, name, steps: task.steps, start },
    transferList: [port],
  })
  const deeds = once(worker, 'message').then(([report]: Pick<ThreadReport, 'deeds'>[]) => report?.deeds ?? [])
  return { worker, deeds }
})
armNext()
const own = ['main-a', 'main-b', 'main-c'].map((name) => writeAndNote(db, name, task.steps))
const deeds = (await Promise.all([...own, ...threads.map((thread) => thread.deeds)])).flat()
control.fill(0)
const rest = threads.map(async ({ worker }) => {
  const [report]: Omit<ThreadReport, 'deeds'>[] = await once(worker, 'message')
  return report
})
await db.upsertChannel({ channelId: 'c1', name: 'the end' })

const seen: { [follower: string]: Seen[] } = {}
for (const [name, list] of Object.entries(await following)) seen[`${name}, main thread`] = list
for (const [index, report] of (await Promise.all(rest)).entries()) {
  for (const [name, list] of Object.entries(report?.seen ?? {})) seen[`${name}, port ${index}`] = list
  counts.reconnections += report?.counts.reconnections ?? 0
  for (const [code, count] of Object.entries(report?.counts.codes ?? {}))
    counts.codes[code] = (counts.codes[code] ?? 0) + count
}
const afterwards = (await changesBehind(db, start, { limit: 1_000 })).map(toSeen)
const messages: Record<string, number> = {}
for (const channelId of ['c0', 'c1', 'c2', 'c3'])
  for await (const { messageId, content } of db.iterateMessages({ channelId }))
    messages[messageId] = Number(content)
await db.close()
const report: FollowReport = { deeds, kills, seen, ...counts, afterwards, messages }
process.stdout.write(JSON.stringify(report))
