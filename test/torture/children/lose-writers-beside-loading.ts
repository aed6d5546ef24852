import { subscribe } from 'node:diagnostics_channel'
import { setEnvironmentData } from 'node:worker_threads'
import { diagnosticsChannels, openDatabase } from 'convodb'
import type { LoadingReport, LoadingTask } from './loading-task.js'

/** Writes on while each writer is lost as soon as its checkpointer begins to load; prints what was acknowledged. */
const task: LoadingTask = JSON.parse(process.argv[2] ?? '{}')
const meeting = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
setEnvironmentData('meeting', meeting)

let deaths = 0
subscribe(diagnosticsChannels.workerEnd, () => (deaths += 1))
const acknowledged: string[] = []

async function write(lane: number): Promise<void> {
  for (let n = 0; deaths < task.deaths; n += 1) {
    const messageId = `${lane}-${n}`
    const content = 'a page of words '.repeat(200)
    const row = { messageId, channelId: 'c', userId: 'u', content, timestamp: n }
    const stored = await db.storeMessage(row).catch(() => undefined)
    if (stored !== undefined) acknowledged.push(messageId)
  }
}

const db = await openDatabase(task.path, { readers: 1, walAutocheckpointPages: 500 })
await Promise.all(Array.from({ length: 20 }, (_, lane) => write(lane)))
await db.close()
const report: LoadingReport = { deaths, acknowledged }
process.stdout.write(JSON.stringify(report))
