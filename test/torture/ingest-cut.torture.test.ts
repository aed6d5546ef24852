import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import type { DatabaseManager } from 'convodb'
import { connect } from 'convodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/databases.js'
import { startServeProcess } from '../support/serve-process.js'
import { startTestServer, type TestServer } from '../support/server.js'
import { startUpload, upload } from '../support/upload.js'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

interface Sent {
  readonly messageId: string
  readonly channelId: string
  readonly userId: string
  readonly content: string
  readonly timestamp: number
}

const rowsOf = (channelId: string, count: number): readonly Sent[] =>
  Array.from({ length: count }, (_, n) => ({
    messageId: `${channelId}:${n + 1}`,
    channelId,
    userId: `user ${n % 7}`,
    content: `${n + 1}: grüße 你好 👋 ${'x'.repeat(n % 50)}`,
    timestamp: n,
  }))
const bodyOf = (rows: readonly Sent[]): Buffer =>
  Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))

/** What is stored, row by row, as it was sent. */
async function storedIn(db: DatabaseManager, channelId: string): Promise<readonly Sent[]> {
  const found: Sent[] = []
  for await (const row of db.iterateMessages({ channelId, order: 'asc', limit: 10_000 })) {
    const { messageId, userId, content, timestamp } = row
    found.push({ messageId, channelId, userId, content, timestamp: timestamp.getTime() })
  }
  return found
}

const newlinesIn = (bytes: Buffer): number => bytes.reduce((count, byte) => count + Number(byte === 0x0a), 0)

describe('an upload that is cut', () => {
  const count = 3_000
  const byteOf = (body: Buffer, line: number, text: string): number =>
    body.indexOf(text, body.indexOf(`:${line}"`)) + Buffer.from(text).length

  it.each([
    ['within a line', (body: Buffer) => byteOf(body, 1_500, '"userId":')],
    ['before a newline, when the line looks whole', (body: Buffer) => byteOf(body, 1_500, '}')],
    ['after a newline', (body: Buffer) => byteOf(body, 1_500, '}\n')],
    ['within a character', (body: Buffer) => byteOf(body, 1_500, '你') - 1],
    ['within a surrogate pair', (body: Buffer) => byteOf(body, 1_500, '👋') - 2],
    ['within the first line', () => 5],
  ])('%s has stored what was whole, and goes on from the line after', async (where, cutAt) => {
    const rows = rowsOf(where, count)
    const body = bodyOf(rows)
    const part = body.subarray(0, cutAt(body))
    const whole = newlinesIn(part)
    const sent = startUpload(server)
    await sent.write(part)
    await sent.untilDurable(whole)
    sent.cut()
    await sent.last
    expect(sent.durableLine).toBe(whole)
    expect(await storedIn(server.db, where)).toEqual(rows.slice(0, whole))

    const lines = await upload(server, body, { query: `?startLine=${whole + 1}` })
    expect(lines.at(-1)).toMatchObject({
      report: {
        lines: count,
        accepted: { inserted: count - whole, updated: 0 },
        refused: 0,
        durableLine: count,
      },
    })
    expect(await storedIn(server.db, where)).toEqual(rows)
  })

  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('within a frame of %s goes on from the last durable line, wherever it was', async (encoding, pack) => {
    const headers = { 'content-encoding': encoding }
    for (const share of [0.0001, 0.3, 0.7, 0.9999]) {
      const channelId = `${encoding} ${share}`
      const rows = rowsOf(channelId, 20_000)
      const packed = pack(bodyOf(rows))
      const sent = startUpload(server, { headers })
      await sent.write(packed.subarray(0, Math.floor(packed.length * share)))
      await sent.untilDurable(share < 0.01 ? 0 : 100)
      sent.cut()
      await sent.last
      const before = await storedIn(server.db, channelId)
      expect(before.length).toBeGreaterThanOrEqual(sent.durableLine)
      expect(before).toEqual(rows.slice(0, before.length))
      await upload(server, packed, { headers, query: `?startLine=${sent.durableLine + 1}` })
      expect(await storedIn(server.db, channelId)).toEqual(rows)
    }
  })

  it('leaves its place to others', async () => {
    const one = await startTestServer({ maxIngests: 1 })
    for (let n = 0; n < 5; n += 1) {
      const sent = startUpload(one)
      await sent.write(bodyOf(rowsOf('first', 10)))
      await sent.untilDurable(10)
      sent.cut()
      await expect
        .poll(async () => (await upload(one, bodyOf(rowsOf('second', 10)))).at(-1))
        .toMatchObject({ report: { lines: 10 } })
    }
    await one.close()
  })
})

describe('an upload whose body is not what it says', () => {
  const rows = (channelId: string): readonly Sent[] => rowsOf(channelId, 20_000)
  const damaged = (bytes: Buffer): Buffer => {
    const copy = Buffer.from(bytes)
    copy.fill(0xa5, Math.floor(copy.length * 0.8), Math.floor(copy.length * 0.8) + 200)
    return copy
  }
  it.each([
    ['cut gzip', 'gzip', (body: Buffer) => gzipSync(body).subarray(0, -5)],
    ['cut zstd', 'zstd', (body: Buffer) => zstdCompressSync(body).subarray(0, -5)],
    ['damaged gzip', 'gzip', (body: Buffer) => damaged(gzipSync(body))],
    ['damaged zstd', 'zstd', (body: Buffer) => damaged(zstdCompressSync(body))],
    [
      'zstd with something behind',
      'zstd',
      (body: Buffer) => Buffer.concat([zstdCompressSync(body), Buffer.from('junk')]),
    ],
    ['no gzip', 'gzip', (body: Buffer) => body],
    ['no zstd', 'zstd', (body: Buffer) => body],
  ])('%s ends with an error that says how far it is', async (channelId, encoding, pack) => {
    const body = bodyOf(rows(channelId))
    const headers = { 'content-encoding': encoding }
    const lines = await upload(server, pack(body), { headers })
    const { error } = lines.at(-1) ?? {}
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', details: { field: 'content-encoding' } })
    const durableLine = error?.details.durableLine ?? -1
    const stored = await storedIn(server.db, channelId)
    expect(stored.length).toBeLessThanOrEqual(durableLine)
    // Damage may make other lines of what it hits, before the check sum at the end tells.
    if (!channelId.startsWith('damaged')) expect(stored).toEqual(rows(channelId).slice(0, durableLine))
  })

  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('and that is a bomb of %s is one line too long', async (encoding, pack) => {
    const bomb = pack(Buffer.concat([Buffer.alloc(300 * 1024 * 1024, 'x'), Buffer.from('\n')]))
    const rssBytes = process.memoryUsage.rss()
    const lines = await upload(server, bomb, { headers: { 'content-encoding': encoding } })
    expect(lines.slice(-3)).toMatchObject([
      { refused: { line: 1, code: 'TOO_LARGE' } },
      { progress: { line: 1 } },
      { report: { lines: 1, refused: 1 } },
    ])
    expect(process.memoryUsage.rss() - rssBytes).toBeLessThan(150 * 1024 * 1024)
  })

  it('asks for no more memory than HTTP allows', async () => {
    const { constants } = await import('node:zlib')
    const params = { [constants.ZSTD_c_windowLog]: 27 }
    const packed = zstdCompressSync(Buffer.alloc(200 * 1024 * 1024, 'x'), { params })
    const lines = await upload(server, packed, { headers: { 'content-encoding': 'zstd' } })
    expect(lines.at(-1)).toMatchObject({ error: { code: 'INVALID_ARGUMENT', details: { durableLine: 0 } } })
  })
})

it('an upload that falls silent is ended', async () => {
  const impatient = await startTestServer({ ingestIdleTimeoutMs: 1_500 })
  const rows = rowsOf('idle', 100)
  const sent = startUpload(impatient)
  await sent.write(bodyOf(rows))
  expect(await sent.last).toMatchObject({ error: { code: 'TIMEOUT', details: { durableLine: 100 } } })
  expect(await storedIn(impatient.db, 'idle')).toEqual(rows)
  await impatient.close()
})

describe('a server that stops', () => {
  it('stores what it has read, and says how far that is', async () => {
    // Far longer than the test may take: it is not waited for.
    const stopping = await startTestServer({ closeTimeoutMs: 900_000 })
    const rows = rowsOf('stop', 5_000)
    const sent = startUpload(stopping)
    await sent.write(bodyOf(rows))
    await sent.untilDurable(5_000)
    await stopping.server.close()
    expect(await sent.last).toMatchObject({ error: { code: 'CLOSED', details: { durableLine: 5_000 } } })
    expect(await storedIn(stopping.db, 'stop')).toEqual(rows)
    await stopping.db.close()
  })

  it('says so, too, where only its database was closed', async () => {
    const stopping = await startTestServer()
    const rows = rowsOf('closed', 20)
    const sent = startUpload(stopping)
    await sent.write(bodyOf(rows.slice(0, 10)))
    await sent.untilDurable(10)
    await stopping.db.close()
    await sent.write(bodyOf(rows.slice(10)))
    expect(await sent.last).toMatchObject({ error: { code: 'CLOSED', details: { durableLine: 10 } } })
    await stopping.server.close()
  })

  it('waits no longer than it may for a writer that somebody holds', async () => {
    const stopping = await startTestServer({ closeTimeoutMs: 2_000 })
    const { db } = stopping
    const sent = startUpload(stopping)
    await sent.write(bodyOf(rowsOf('held', 10)))
    await sent.untilDurable(10)
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    let isHeld = (): void => undefined
    const whenHeld = new Promise<void>((resolve) => (isHeld = resolve))
    const lease = db.withConnection(
      async () => {
        isHeld()
        await held
      },
      { mode: 'write', idleTimeoutMs: 200_000 },
    )
    await whenHeld
    await sent.write(bodyOf(rowsOf('held', 20)))
    await expect.poll(() => sent.lines.at(-1)?.progress?.line).toBe(30)
    await stopping.server.close()
    expect(await sent.last).toMatchObject({ error: { code: 'CLOSED', details: { durableLine: 10 } } })
    release()
    await lease
    await db.close()
  })

  it('kill -9 loses nothing that was durable, and the upload goes on', async () => {
    const path = join(await temporaryFolder(), 'chat.db')
    const args = ['--db', path, '--port', '0', '--log-level', 'silent']
    const rows = rowsOf('killed', 40_000)
    const body = bodyOf(rows)
    const first = await startServeProcess(args)
    const apiKey = first.apiKey ?? ''
    const sent = startUpload({ url: first.url, apiKey })
    const sending = (async () => {
      for (let at = 0; at < body.length; at += 65_536) await sent.write(body.subarray(at, at + 65_536))
    })()
    await sent.untilDurable(2_000)
    await first.stop('SIGKILL')
    await sending
    await sent.last
    const { durableLine } = sent

    const second = await startServeProcess(args)
    const db = connect(second.url, { apiKey })
    const before = await storedIn(db, 'killed')
    expect(before.length).toBeGreaterThanOrEqual(durableLine)
    expect(before).toEqual(rows.slice(0, before.length))
    const lines = await upload({ url: second.url, apiKey }, body, { query: `?startLine=${durableLine + 1}` })
    expect(lines.at(-1)).toMatchObject({ report: { lines: 40_000, refused: 0 } })
    expect(await storedIn(db, 'killed')).toEqual(rows)
    await db.close()
    await second.stop()
  })
})
