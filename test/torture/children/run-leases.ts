import { once } from 'node:events'
import { subscribe } from 'node:diagnostics_channel'
import { setEnvironmentData, Worker } from 'node:worker_threads'
import { diagnosticsChannels, openDatabase } from 'convodb'
import { deathPlaces, deathWays } from './death-control.js'
import type { LeaseReport, LeaseTask, ThreadReport } from './lease-fates.js'

/** Several threads lease the writer of one database beside each other; prints what became of every lease. */
const task: LeaseTask = JSON.parse(process.argv[2] ?? '{}')
const control = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT))
setEnvironmentData('deaths', control)

const db = await openDatabase(task.path, { readers: 1 })
await db.storeMessage({ messageId: 'first', channelId: 'general', userId: 'ada', content: '', timestamp: 0 })
await db.withConnection(
  (connection) =>
    connection.exec(`
      CREATE TABLE pairs (id TEXT NOT NULL, half INTEGER NOT NULL, PRIMARY KEY (id, half));
      INSERT INTO pairs VALUES ('first', 1), ('first', 2)`),
  { mode: 'write' },
)

let kills = 0
function armNext(): void {
  if (kills === task.kills) return
  Atomics.store(control, deathPlaces.way, Math.random() < 0.5 ? deathWays.exit : deathWays.throw)
  Atomics.store(control, deathPlaces.writer, 1 + Math.floor(Math.random() * 3_000))
}
subscribe(diagnosticsChannels.workerEnd, () => {
  kills += 1
  armNext()
})
armNext()

const threads = await Promise.all(
  Array.from({ length: task.threads }, async (_, index): Promise<ThreadReport> => {
    const port = db.createPort()
    const workerData = { port, name: `t${index}`, steps: task.steps }
    const thread = new Worker(new URL('lease-thread.js', import.meta.url), {
      workerData,
      transferList: [port],
    })
    const [report]: ThreadReport[] = await once(thread, 'message')
    if (report === undefined) throw new Error('The thread told nothing')
    return report
  }),
)
control.fill(0)
const { restarts } = await db.stats()
await db.close()
const report: LeaseReport = { threads, restarts: restarts.writer }
process.stdout.write(JSON.stringify(report))
