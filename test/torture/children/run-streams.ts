import { Agent, get, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { percentile } from './percentile.js'
import type { StreamsReport, StreamsTask } from './streams-task.js'

/** Uploads messages at a pace while a stream of events follows each channel; prints how long a message took to its stream. */
const task: StreamsTask = JSON.parse(process.argv[2] ?? '{}')
const tickMs = 5
/** Until then code is compiled; it is not measured. */
const warmUpMs = 2_000

const agent = new Agent({ maxSockets: Infinity })
const headers = { authorization: `Bearer ${task.apiKey}` }
const sentAtMs: number[] = []
const fromSendingMs: number[] = []
const arrivals = { told: 0 }
let startMs = performance.now()

/** Takes the numbers of the messages out of the text of the events. */
function receive(text: string): void {
  const now = performance.now()
  for (const [, number] of text.matchAll(/"content":"message (\d+)"/g)) {
    arrivals.told += 1
    if (now - startMs > warmUpMs) fromSendingMs.push(now - (sentAtMs[Number(number)] ?? now))
  }
}

/** Resolves when it tells from now on. */
function follow(channelId: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const url = new URL(`/v1/channels/${channelId}/events`, task.url)
    get(url, { agent, headers }, (response) => {
      let rest = ''
      response.setEncoding('utf8').on('data', (piece: string) => {
        const text = rest + piece
        const end = text.lastIndexOf('\n\n') + 2
        rest = text.slice(end)
        receive(text.slice(0, end))
        resolve()
      })
      response.on('error', () => undefined)
    }).on('error', reject)
  })
}
for (let first = 0; first < task.streams; first += 50)
  await Promise.all(
    Array.from({ length: Math.min(50, task.streams - first) }, (_, n) => follow(`c${first + n}`)),
  )

const upload = request(new URL('/v1/ingest', task.url), {
  method: 'POST',
  agent,
  headers: { ...headers, 'content-type': 'application/x-ndjson' },
})
const answered = new Promise<string>((resolve, reject) => {
  upload.once('error', reject).once('response', (response) => {
    let last = ''
    response.setEncoding('utf8').on('data', (piece: string) => (last = piece))
    response.once('end', () => resolve(last))
  })
})

const lineOf = (number: number): string =>
  `{"messageId":"m${number}","channelId":"c${number % task.channels}","userId":"u${number % 1_000}","content":"message ${number}","timestamp":${number}}\n`
startMs = performance.now()
let [stored, followed] = [0, 0]
while (performance.now() - startMs < task.seconds * 1_000) {
  const due = Math.floor(((performance.now() - startMs) / 1_000) * task.perSecond)
  let lines = ''
  const now = performance.now()
  for (; stored < due; stored += 1) {
    sentAtMs[stored] = now
    if (stored % task.channels < task.streams) followed += 1
    lines += lineOf(stored)
  }
  // Where the server can not keep the pace, it is slower.
  if (!upload.write(lines)) await new Promise((resolve) => upload.once('drain', resolve))
  await sleep(tickMs)
}
upload.end()
const last = await answered
const tookMs = performance.now() - startMs
if (!last.includes(`"inserted":${stored}`)) throw new Error(`The upload ended with ${last}`)
while (arrivals.told < followed) await sleep(tickMs)
agent.destroy()

const report: StreamsReport = {
  storedPerSecond: Math.round(stored / (tookMs / 1_000)),
  stored,
  followed,
  told: arrivals.told,
  fromSendingMs: { p50: percentile(fromSendingMs, 0.5), p99: percentile(fromSendingMs, 0.99) },
}
process.stdout.write(JSON.stringify(report))
