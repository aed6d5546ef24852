import { openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { ConvoDbError, openDatabase, type NewMessage } from 'convodb'
import type { FaultTask } from './fault-task.js'

/**
 * Has a checkpoint copy a part, which SQLite does not sync yet, fails the sync of the next one, asks for a third one, and is
 * killed.
 */
const task: FaultTask = JSON.parse(process.argv[2] ?? '')
const acknowledgements = openSync(task.acknowledgementsPath, 'a')
const db = await openDatabase(task.databasePath, { ...task.options, walAutocheckpointPages: 100_000 })

async function store(writeId: number): Promise<void> {
  const messages = Array.from({ length: 12 }, (_, n): NewMessage => {
    const messageId = `${writeId}-${n}`
    return {
      messageId,
      channelId: 'general',
      userId: 'ada',
      content: 'milk '.repeat(100),
      timestamp: writeId,
    }
  })
  await db.addMessages(messages)
  writeSync(acknowledgements, `${writeId} ok\n`)
}

// Numbers of writes that store several messages.
for (let writeId = 0; writeId < 100; writeId += 4) await store(writeId)
// A reader's snapshot keeps the checkpoint from copying what comes after it.
await db.withConnection(async (connection) => {
  await connection.get('SELECT count(*) AS count FROM messages')
  for (let writeId = 100; writeId < 200; writeId += 4) await store(writeId)
  await db.checkpoint()
})
writeFileSync(task.flagPath, task.flagContent)
const outcome = await db.checkpoint().then(
  () => 'ok',
  (error: unknown) => (error instanceof ConvoDbError ? error.code : String(error)),
)
if (outcome !== 'IO_ERROR') throw new Error(`The checkpoint ended with ${outcome}`)
rmSync(task.flagPath)
const last = await db.checkpoint({ mode: 'truncate' }).catch((error: unknown) => error)
if (!(last instanceof ConvoDbError)) throw new Error('The log was let go of')
if (!(await db.stats()).isLogHeld) throw new Error('Nothing tells that the log is held')
for (let writeId = 200; writeId < 400; writeId += 4) await store(writeId)
process.kill(process.pid, 'SIGKILL')
