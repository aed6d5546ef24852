import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../support/databases.js'
import { startServeProcess } from '../support/serve-process.js'
import { startTestServer } from '../support/server.js'
import { startUpload, type Upload } from '../support/upload.js'

const mebibyte = 1024 * 1024
const linesPerBlock = 200
const text = 'x'.repeat(600)

function blockOf(name: string, block: number): string {
  const first = block * linesPerBlock
  return Array.from({ length: linesPerBlock }, (_, n) => {
    const messageId = `${name}:${first + n}`
    const channelId = `channel ${(first + n) % 200}`
    return `${JSON.stringify({ messageId, channelId, userId: 'ada', content: text, timestamp: first + n })}\n`
  }).join('')
}

/** Sends so many lines as fast as they are taken. */
async function send(sent: Upload, name: string, lines: number): Promise<void> {
  for (let block = 0; block < lines / linesPerBlock; block += 1) await sent.write(blockOf(name, block))
  sent.end()
}

it('a writer that somebody holds stops the sender, who is not taken for a silent one, and nothing is lost', async () => {
  const server = await startTestServer({ ingestIdleTimeoutMs: 3_000 })
  const receivedBytes = async (): Promise<number> => {
    const metrics = await (await server.fetch('/metrics')).text()
    return Number(/^convodb_ingest_bytes_total (\d+)/m.exec(metrics)?.[1] ?? 0)
  }
  let sending: Promise<void> | undefined
  let sent: Upload | undefined
  const lines = 150_000
  await server.db.withConnection(
    async () => {
      sent = startUpload(server)
      sending = send(sent, 'held', lines)
      let before = -1
      let now = 0
      while (now === 0 || now !== before) {
        before = now
        await wait(1_000)
        now = await receivedBytes()
      }
      await wait(4_000)
      expect(now).toBeGreaterThan(1 * mebibyte)
      expect(now).toBeLessThan(24 * mebibyte)
      expect(sent.durableLine).toBe(0)
    },
    { mode: 'write', idleTimeoutMs: 200_000 },
  )
  await sending
  expect(await sent?.last).toMatchObject({ report: { lines, accepted: { inserted: lines }, refused: 0 } })
  expect(await receivedBytes()).toBeGreaterThan(90 * mebibyte)
  await server.close()
})

it.runIf(existsSync('/proc/self/clear_refs'))(
  'a server takes as much memory for many lines as for few, and its event loop stays free',
  async () => {
    const path = join(await temporaryFolder(), 'chat.db')
    const server = await startServeProcess(['--db', path, '--port', '0', '--log-level', 'silent'])
    const apiKey = server.apiKey ?? ''
    const run = async (name: string, lines: number): Promise<void> => {
      const sent = startUpload({ url: server.url, apiKey })
      await send(sent, name, lines)
      expect(await sent.last).toMatchObject({ report: { lines, accepted: { inserted: lines } } })
    }
    const proc = (file: string): string => `/proc/${server.child.pid}/${file}`
    // The most that it had meanwhile (https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html).
    const peakBytes = async (work: () => Promise<void>): Promise<number> => {
      await writeFile(proc('clear_refs'), '5')
      await work()
      return 1024 * Number(/VmHWM:\s+(\d+) kB/.exec(await readFile(proc('status'), 'utf8'))?.[1])
    }
    const metrics = async (): Promise<string> => {
      const headers = { authorization: `Bearer ${apiKey}` }
      return (await fetch(new URL('/metrics', server.url), { headers })).text()
    }
    // What is there for good is there: the database's caches above all.
    await run('warm', 150_000)
    const few = await peakBytes(() => run('few', 10_000))
    await metrics()
    const many = await peakBytes(() => run('many', 300_000))
    const lagMs = 1_000 * Number(/^nodejs_eventloop_lag_p90_seconds (\S+)/m.exec(await metrics())?.[1])
    console.log(
      `ingest: peak ${(few / mebibyte).toFixed(0)} MiB for 10,000 lines, ${(many / mebibyte).toFixed(0)} for 300,000; ` +
        `event loop late by ${lagMs.toFixed(1)} ms (p90)`,
    )
    expect(many - few).toBeLessThan(100 * mebibyte)
    expect(lagMs).toBeLessThan(60)
    await server.stop()
  },
)
