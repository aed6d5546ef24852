import { subscribe } from 'node:diagnostics_channel'
import { setEnvironmentData } from 'node:worker_threads'
import { ConvoDbError, diagnosticsChannels, openDatabase, type NewMessage } from 'convodb'
import { deathPlaces, deathWays, type DeathTask } from './death-control.js'

/** What searches found while the writer died again and again. */
export interface SearchDeathReport {
  readonly kills: number
  readonly writerRestarts: number
  readonly searches: number
  /** Codes of failed writes, and how often. */
  readonly writeCodes: { readonly [code: string]: number }
  /** Codes of failed searches. */
  readonly searchCodes: readonly string[]
  /** Questions that found something else than what was acknowledged. */
  readonly wrong: readonly string[]
  readonly messages: number
  readonly isOk: boolean
}

const task: DeathTask = JSON.parse(process.argv[2] ?? '{}')
const control = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT))
setEnvironmentData('deaths', control)

let kills = 0
let searches = 0
const writeCodes: Record<string, number> = {}
const searchCodes: string[] = []
const wrong: string[] = []

function armNext(): void {
  if (kills === task.kills) return
  Atomics.store(control, deathPlaces.way, Math.random() < 0.5 ? deathWays.exit : deathWays.throw)
  Atomics.store(control, deathPlaces.writer, 1 + Math.floor(Math.random() * 2_000))
}

const codeOf = (error: unknown): string => (error instanceof ConvoDbError ? error.code : String(error))

const db = await openDatabase(task.path, { readers: 2 })
subscribe(diagnosticsChannels.workerEnd, () => {
  kills += 1
  armNext()
})

async function isDone(call: Promise<unknown>): Promise<boolean> {
  try {
    await call
    return true
  } catch (error) {
    const code = codeOf(error)
    writeCodes[code] = (writeCodes[code] ?? 0) + 1
    return false
  }
}

async function expectFound(word: string, expected: readonly string[]): Promise<void> {
  searches += 1
  try {
    const { items } = await db.searchMessages({ text: word })
    const found = items.map(({ messageId }) => messageId)
    if (JSON.stringify(found) !== JSON.stringify(expected)) wrong.push(`${word}: ${found.join()}`)
  } catch (error) {
    searchCodes.push(codeOf(error))
  }
}

const message = (messageId: string, content: string): NewMessage => ({
  messageId,
  channelId: 'general',
  userId: 'ada',
  content,
  timestamp: searches,
})

/** Stores, edits and deletes messages of its own one after the other; of those whose fate is unknown nothing is expected. */
async function change(worker: number): Promise<void> {
  for (let n = 0; kills < task.kills; n += 1) {
    const id = `w${worker}-${n}`
    const [old, edited] = [`old${worker}x${n}`, `new${worker}x${n}`]
    if (!(await isDone(db.storeMessage(message(id, `plain ${old}`))))) continue
    await expectFound(old, [id])
    if (n % 3 === 0) continue
    if (!(await isDone(db.updateMessage({ messageId: id, content: `plain ${edited}` })))) continue
    await expectFound(old, [])
    await expectFound(edited, [id])
    if (n % 3 === 1 || !(await isDone(db.deleteMessages([id])))) continue
    await expectFound(edited, [])
  }
}

/** Blocks become full all the time. */
async function fill(): Promise<void> {
  for (let n = 0; kills < task.kills; n += 1)
    await isDone(db.addMessages(Array.from({ length: 500 }, (_, at) => message(`f${n}-${at}`, 'filling'))))
}

/** What is deleted and edited is in the index, too. */
async function changeIndexed(): Promise<void> {
  for (let n = 0; kills < task.kills; n += 1) {
    const id = `early-${n % 8_000}`
    const word = `later${n}`
    if (await isDone(db.updateMessage({ messageId: id, content: `plain ${word}` })))
      await expectFound(word, [id])
  }
}

await db.addMessages(Array.from({ length: 8_192 }, (_, n) => message(`early-${n}`, `plain early${n}`)))
armNext()
await Promise.all([fill(), changeIndexed(), ...Array.from({ length: 20 }, (_, worker) => change(worker))])
control.fill(0)
const { restarts } = await db.stats()
const report: SearchDeathReport = {
  kills,
  writerRestarts: restarts.writer,
  searches,
  writeCodes,
  searchCodes,
  wrong,
  messages: await db.countMessages(),
  isOk: (await db.verify()).isOk,
}
await db.close()
process.stdout.write(JSON.stringify(report))
