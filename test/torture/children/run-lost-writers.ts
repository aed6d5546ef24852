import { setEnvironmentData } from 'node:worker_threads'
import { ConvoDbError, openDatabase } from 'convodb'
import type { LostWritersReport, LostWritersTask } from './lost-writers-report.js'
import { findWrong } from './repeatable-request.js'

/** Makes keyed requests while its writer is lost again and again after a COMMIT, and each again until it is answered. */
const task: LostWritersTask = JSON.parse(process.argv[2] ?? '{}')
const isDeadly = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
setEnvironmentData('isDeadly', isDeadly)
const inFlight = 8

const codes: Record<string, number> = {}
const wrong: string[] = []
const db = await openDatabase(task.path, { readers: 1 })
isDeadly[0] = 1

async function answerOf<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      const code = error instanceof ConvoDbError ? error.code : String(error)
      codes[code] = (codes[code] ?? 0) + 1
      if (code !== 'OUTCOME_UNKNOWN' && code !== 'WORKER_LOST') throw error
    }
  }
}

/** Beside its messages it asks for more than is kept anywhere, so that its answer is lost with the writer. */
async function addAndRead(key: string): Promise<void> {
  const row = { messageId: `${key}/long`, channelId: 'long', userId: 'ada', timestamp: 1 }
  const [added, page] = await answerOf(() =>
    db.executeEach(
      [
        { name: 'addMessages', params: { messages: [{ ...row, content: 'long '.repeat(40_000) }] } },
        { name: 'getMessages', params: { channelId: 'long', limit: 2 } },
      ],
      { idempotencyKey: `long ${key}` },
    ),
  )
  if (!added.ok || added.value.inserted !== 1) wrong.push(`${key} ${JSON.stringify(added)}`)
  if (!page.ok && page.error.code !== 'ANSWER_NOT_KEPT') wrong.push(`${key} ${page.error.code}`)
}

async function requestMany(worker: number): Promise<void> {
  for (let n = 0; n < task.requests / inFlight; n += 1) {
    const key = `${worker}-${n}`
    // Twice: the answer is the first one's.
    for (const _ of [1, 2]) {
      const found = await answerOf(() => findWrong(db, key))
      if (found !== undefined) wrong.push(`${key} ${found}`)
    }
    if (n % 2 === 0) await addAndRead(key)
  }
}
await Promise.all(Array.from({ length: inFlight }, (_, worker) => requestMany(worker)))
isDeadly[0] = 0
const { restarts } = await db.stats()
await db.close()
const report: LostWritersReport = { codes, wrong, writers: restarts.writer }
process.stdout.write(JSON.stringify(report))
