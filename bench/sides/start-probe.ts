/** A process that does one thing for the first time and says how long it took and how much memory it has. */
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'

/** Imports are part of what is measured: nothing is loaded before it is asked for. */
const [kind = '', path = ''] = process.argv.slice(2)
const idleMs = 1_000
const readers = 2

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now()
  await work()
  return performance.now() - startMs
}

function report(elapsedMs: number | undefined): void {
  const rssMib = process.memoryUsage.rss() / 1024 ** 2
  process.stdout.write(JSON.stringify({ elapsedMs, rssMib }))
}

async function withOpened(
  work: (db: Awaited<ReturnType<typeof open>>) => Promise<number | undefined>,
): Promise<void> {
  const db = await open()
  report(await work(db))
  await db.close()
}

async function open() {
  const { openDatabase } = await import('convodb')
  return openDatabase(path, { readers })
}

const kinds: Readonly<Record<string, () => Promise<void>>> = {
  nothing: async () => report(undefined),
  worker: async () => {
    const { Worker } = await import('node:worker_threads')
    report(await timed(() => once(new Worker('', { eval: true }), 'online')))
  },
  sqlite: async () => {
    const elapsedMs = await timed(async () => {
      const { default: Database } = await import('better-sqlite3')
      const database = new Database(path)
      database.prepare('SELECT count(*) FROM channels').get()
    })
    report(elapsedMs)
  },
  import: async () => report(await timed(() => import('convodb'))),
  open: async () => {
    await import('convodb')
    const startMs = performance.now()
    const db = await open()
    report(performance.now() - startMs)
    await db.close()
  },
  store: () =>
    withOpened((db) =>
      timed(() =>
        db.storeMessage({
          messageId: 'first',
          channelId: 'channel',
          userId: 'user',
          content: 'hello',
          timestamp: 0,
        }),
      ),
    ),
  page: () => withOpened((db) => timed(() => db.getMessages({ channelId: 'channel-0', limit: 100 }))),
  idle: () => withOpened((db) => wait(idleMs, db).then(() => undefined)),
}

const run = kinds[kind]
if (run === undefined) throw new Error(`There is nothing called '${kind}' to do`)
await run()
