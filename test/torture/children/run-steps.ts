import { openSync, readFileSync, writeSync } from 'node:fs'
import { openDatabase, type DatabaseManager, type OpenOptions } from 'convodb'
import type { Step } from '../workload/steps.js'

/** What the parent hands over, as JSON. */
export interface StepsTask {
  readonly databasePath: string
  readonly acknowledgementsPath: string
  readonly stepsPath: string
  readonly options: OpenOptions
}

/** Carries out a plan's steps with many calls in flight, and writes down the number of each when it is acknowledged. */
const task: StepsTask = JSON.parse(process.argv[2] ?? '')
const steps: readonly Step[] = JSON.parse(readFileSync(task.stepsPath, 'utf8'))
const acknowledgements = openSync(task.acknowledgementsPath, 'a')
const db = await openDatabase(task.databasePath, task.options)

const inFlight = new Set<Promise<void>>()
let reading: Promise<unknown> = Promise.resolve()
for (const [index, step] of steps.entries()) {
  const number = index + 1
  const call = carryOut(db, step).then(() => {
    writeSync(acknowledgements, `${number}\n`)
    inFlight.delete(call)
  })
  inFlight.add(call)
  // A lone call, a few or many: bursts of changing length.
  const most = [1, 4, 16, 64][(number >> 6) % 4] ?? 1
  while (inFlight.size >= most) await Promise.race(inFlight)
  // Now and then a reader holds an old snapshot, which keeps checkpoints from copying everything.
  if (number % 150 === 50) reading = holdSnapshot(db, inFlight)
}
await Promise.all(inFlight)
await reading
await db.close()

function carryOut(database: DatabaseManager, step: Step): Promise<unknown> {
  switch (step.call) {
    case 'storeMessage':
      return database.storeMessage(step.message)
    case 'addMessages':
      return database.addMessages(step.messages)
    case 'updateMessage':
      return database.updateMessage({ messageId: step.messageId, content: step.content })
    case 'deleteMessages':
      return database.deleteMessages(step.messageIds)
    case 'createSegmentWithMessages': {
      const { segmentId, channelId, summary, messageIds } = step
      const times = { startTime: 0, endTime: 1_000_000 }
      return database.createSegmentWithMessages({
        segmentId,
        channelId,
        summary,
        ...times,
        messages: [...messageIds],
      })
    }
    case 'updateConversationSegment':
      return database.updateConversationSegment({ segmentId: step.segmentId, summary: step.summary })
    case 'deleteConversationSegment':
      return database.deleteConversationSegment(step.segmentId)
    case 'upsertUser':
      return database.users.upsertUser({ userId: step.userId, displayName: step.displayName })
    case 'checkpoint':
      return database.checkpoint({ mode: 'truncate' })
  }
}

/** Until what is in flight now has been acknowledged. */
function holdSnapshot(database: DatabaseManager, calls: ReadonlySet<Promise<void>>): Promise<unknown> {
  return database.withConnection(async (connection) => {
    await connection.get('SELECT count(*) AS count FROM messages')
    await Promise.all(calls)
  })
}
