import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ConvoDbError, openDatabase } from 'convodb'
import type { EndingReport, EndingTask } from './ending-task.js'

/** Has threads ended while they load SQLite: by reads that take too long, and by databases that close at once. */
const task: EndingTask = JSON.parse(process.argv[2] ?? '{}')
const path = join(task.folder, 'chat.db')

/** Each thread that is ended is replaced by one that has a task as soon as it can have one. */
async function runOutOfTime(): Promise<number> {
  await using db = await openDatabase(path, { readers: 1, readTimeoutMs: 1 })
  const rows = Array.from({ length: 20_000 }, (_, n) => ({
    messageId: `m${n}`,
    channelId: 'c',
    userId: 'u',
    content: 'a page of words '.repeat(5),
    timestamp: n,
  }))
  await db.addMessages(rows)
  let restarts = 0
  while (restarts < task.endings) {
    const pages = Array.from({ length: 8 }, () => db.getMessages({ channelId: 'c', limit: 10_000 }))
    await Promise.allSettled(pages)
    // On a busy machine this read takes longer than a millisecond, too.
    const stats = await db.stats().catch(() => undefined)
    restarts = stats?.restarts.readers ?? restarts
  }
  return restarts
}

/** Threads that lend connections are started by the first lease. */
async function closeAtOnce(): Promise<string> {
  const db = await openDatabase(path, { readers: 1 })
  const lease = db
    .withConnection((connection) => connection.get('SELECT 1'), { mode: 'read' })
    .then(
      () => 'lent',
      (error: unknown) => (error instanceof ConvoDbError ? error.code : String(error)),
    )
  await pause(100)
  await db.close({ timeoutMs: 0 }).catch(() => undefined)
  return lease
}

const restarts = await runOutOfTime()
const codes: string[] = []
for (let n = 0; n < task.endings; n += 1) codes.push(await closeAtOnce())
const report: EndingReport = { restarts, codes }
process.stdout.write(JSON.stringify(report))
