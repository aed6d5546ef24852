import { subscribe } from 'node:diagnostics_channel'
import { setEnvironmentData } from 'node:worker_threads'
import { ConvoDbError, diagnosticsChannels, openDatabase, type DatabaseManager } from 'convodb'
import { deathPlaces, deathWays, type DeathReport, type DeathTask } from './death-control.js'

/** Writes and reads under load while its threads die again and again; prints what became of every call. */
const task: DeathTask = JSON.parse(process.argv[2] ?? '{}')
const control = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT))
setEnvironmentData('deaths', control)

const writesInFlight = 200
const readsInFlight = 8
/** Every so many calls stores several messages at once. */
const bulkEvery = 20
/** Longer than any thread takes to die, a full heap's included. */
const untoldAfterMs = 5_000

const acknowledged: string[] = []
const refused: string[] = []
const unknown: string[] = []
const writeCodes: Record<string, number> = {}
const readCodes: Record<string, number> = {}
let kills = 0
let untold = 0
let armedAtMs = 0
let reads = 0
let misses = 0
let unsettled = 0

function armNext(): void {
  if (kills === task.kills) return
  armedAtMs = performance.now()
  const place = Math.random() < 0.7 ? deathPlaces.writer : deathPlaces.reader
  const { exit, throw: thrown, heap } = deathWays
  // A full heap takes a second to fill, so that there are few of these.
  const way = Math.random() < 0.05 ? heap : Math.random() < 0.5 ? exit : thrown
  Atomics.store(control, deathPlaces.way, way)
  Atomics.store(control, place, 1 + Math.floor(Math.random() * (place === deathPlaces.writer ? 3_000 : 40)))
}

/** The writer's checkpointer dies, too, and nobody is told of it: the next death would wait for ever. */
function armWhenUntold(): void {
  const isArmed = [deathPlaces.writer, deathPlaces.reader].some((place) => Atomics.load(control, place) > 0)
  if (isArmed || performance.now() - armedAtMs < untoldAfterMs) return
  untold += 1
  armNext()
}

const codeOf = (error: unknown): string => (error instanceof ConvoDbError ? error.code : String(error))
const count = (codes: Record<string, number>, code: string): void => {
  codes[code] = (codes[code] ?? 0) + 1
}

async function note(ids: readonly string[], call: () => Promise<unknown>): Promise<void> {
  unsettled += 1
  try {
    await call()
    acknowledged.push(...ids)
  } catch (error) {
    const code = codeOf(error)
    count(writeCodes, code)
    const list = code === 'OUTCOME_UNKNOWN' ? unknown : refused
    list.push(...ids)
  } finally {
    unsettled -= 1
  }
}

async function write(db: DatabaseManager, writer: number): Promise<void> {
  for (let n = 0; kills < task.kills; n += 1) {
    const row = (part: number) => ({
      messageId: `${writer}-${n}-${part}`,
      channelId: `c${n % 13}`,
      userId: `u${writer % 17}`,
      content: `message ${n} of ${writer}`,
      timestamp: n,
    })
    // 'error': a batch that was applied twice would say so.
    if (n % bulkEvery === 0) {
      const messages = [row(0), row(1), row(2)]
      const ids = messages.map(({ messageId }) => messageId)
      await note(ids, () => db.addMessages({ messages, onConflict: 'error' }))
    } else {
      const message = row(0)
      await note([message.messageId], () => db.storeMessage({ ...message, onConflict: 'error' }))
    }
  }
}

async function read(db: DatabaseManager): Promise<void> {
  while (kills < task.kills) {
    const messageIds = acknowledged.slice(-20)
    reads += 1
    unsettled += 1
    try {
      const found = await db.getMessagesByIds(messageIds)
      misses += messageIds.length - found.length
    } catch (error) {
      count(readCodes, codeOf(error))
    } finally {
      unsettled -= 1
    }
  }
}

const db = await openDatabase(task.path, { readers: 2 })
subscribe(diagnosticsChannels.workerEnd, () => {
  kills += 1
  armNext()
})
armNext()
const watch = setInterval(armWhenUntold, 1_000)
await Promise.all([
  ...Array.from({ length: writesInFlight }, (_, writer) => write(db, writer)),
  ...Array.from({ length: readsInFlight }, () => read(db)),
])
clearInterval(watch)
control.fill(0)
const { restarts } = await db.stats()
await db.close()
const report: DeathReport = {
  kills,
  untold,
  restarts,
  acknowledged,
  refused,
  unknown,
  writeCodes,
  readCodes,
  reads,
  misses,
  unsettled,
}
process.stdout.write(JSON.stringify(report))
