import { openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { ConvoDbError, openDatabase, type NewMessage } from 'convodb'
import { messageCountOf, type FaultReport, type FaultTask, type FaultWrite } from './fault-task.js'

/**
 * Stores messages while a fault of the disk comes and goes, notes how every call ended, and is killed. The database is
 * opened once.
 */
const task: FaultTask = JSON.parse(process.argv[2] ?? '')
const acknowledgements = openSync(task.acknowledgementsPath, 'a')
const db = await openDatabase(task.databasePath, task.options)

const writes: FaultWrite[] = []
const failedReads: string[] = []
const resumedAfterMs: number[] = []
let reads = 0
let isFaulty = false

const setFault = (isOn: boolean): void => {
  isFaulty = isOn
  if (isOn) writeFileSync(task.flagPath, task.flagContent)
  else rmSync(task.flagPath)
}

const codeOf = (error: unknown): string => (error instanceof ConvoDbError ? error.code : String(error))

/** One message, or several that belong together; tells how it ended. */
async function write(): Promise<string> {
  const writeId = writes.length
  const messageCount = messageCountOf(writeId)
  const underFault = isFaulty
  writes[writeId] = { writeId, messageCount, outcome: 'unanswered', underFault }
  const outcome = await store(toMessages(writeId, messageCount)).then(() => 'ok', codeOf)
  writeSync(acknowledgements, `${writeId} ${outcome}\n`)
  writes[writeId] = { writeId, messageCount, outcome, underFault }
  return outcome
}

function toMessages(writeId: number, messageCount: number): NewMessage[] {
  return Array.from({ length: messageCount }, (_, n) => ({
    messageId: `${writeId}-${n}`,
    channelId: `channel-${writeId % 5}`,
    userId: `user-${writeId % 20}`,
    content: `${writeId} ${'milk '.repeat((writeId * 7) % 200)}`,
    timestamp: writeId,
  }))
}

function store(messages: readonly NewMessage[]): Promise<unknown> {
  const [only] = messages
  return messages.length === 1 && only !== undefined ? db.storeMessage(only) : db.addMessages(messages)
}

const burst = (): Promise<string[]> => Promise.all(Array.from({ length: 16 }, write))

async function read(): Promise<void> {
  const calls = [
    db.getMessages({ channelId: 'channel-0', limit: 20 }),
    db.getMessagesByIds(['0-0']),
    db.countMessages(),
  ]
  reads += calls.length
  for (const { reason } of (await Promise.allSettled(calls)).filter((call) => call.status === 'rejected'))
    failedReads.push(codeOf(reason))
}

/** Until a write has failed, or there were so many that none will; and some more, which meet the fault's consequences. */
async function sufferFault(): Promise<void> {
  let hasFailed = false
  for (let bursts = 0; bursts < task.mostBursts && !hasFailed; bursts += 1) {
    hasFailed = (await burst()).some((outcome) => outcome !== 'ok')
    await read()
  }
  for (let bursts = 0; bursts < 3; bursts += 1) {
    await burst()
    await read()
  }
}

async function recover(): Promise<void> {
  const startMs = performance.now()
  while ((await write()) !== 'ok') {
    if (performance.now() - startMs > 20_000) throw new Error('Writes have not resumed in 20 seconds')
    await delay(5)
  }
  resumedAfterMs.push(Math.round(performance.now() - startMs))
}

function report(): void {
  const result: FaultReport = { writes, reads, failedReads, resumedAfterMs }
  writeFileSync(task.reportPath, JSON.stringify(result))
}

for (let round = 1; round <= task.rounds; round += 1) {
  for (let bursts = 0; bursts < 3; bursts += 1) await burst()
  // The fault comes amid writes.
  const amid = burst()
  setFault(true)
  await amid
  if (round === task.rounds && task.endsInFault) {
    await burst()
    break
  }
  await sufferFault()
  setFault(false)
  await recover()
}
// Nobody waits for these.
void burst()
report()
process.kill(process.pid, 'SIGKILL')
