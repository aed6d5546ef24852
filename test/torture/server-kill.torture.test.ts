import { join } from 'node:path'
import { connect, ConvoDbError, openDatabase, verifyDatabase, type DatabaseManager } from 'convodb'
import { expect, it } from 'vitest'
import { startServeProcess } from '../support/serve-process.js'
import { message } from '../support/databases.js'
import { scale } from './scale.js'
import { reportFigures } from './support/figures.js'
import { scratchFolder } from './support/scratch.js'

const cycles = scale.serverKills
const writers = 8

/** A port that was free a moment ago, so that every server of a run has the same address. */
async function freePort(): Promise<number> {
  const { createServer } = await import('node:net')
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

interface Written {
  readonly ids: string[]
  readonly counts: { inserted: number }
}

/** Writes until it is told to stop; each write would tell if it was done twice. */
async function write(db: DatabaseManager, lane: number, written: Written, stop: AbortSignal): Promise<void> {
  for (let n = 0; !stop.aborted; n += 1) {
    const id = `${lane}-${n}`
    const row = { channelId: `c${lane}`, userId: `u${lane}`, timestamp: n, onConflict: 'error' as const }
    const [single, both] = await Promise.all([
      db.storeMessage({ ...message(`${id}/s`), ...row }),
      db.batch([
        { name: 'storeMessage', params: { ...message(`${id}/b1`), ...row } },
        { name: 'storeMessage', params: { ...message(`${id}/b2`), ...row } },
      ]),
    ])
    const { inserted } = await db.addMessages([{ ...message(`${id}/a`), channelId: `c${lane}` }])
    expect([single.outcome, ...both.map(({ outcome }) => outcome)]).toEqual([
      'inserted',
      'inserted',
      'inserted',
    ])
    written.counts.inserted += inserted
    written.ids.push(`${id}/s`, `${id}/b1`, `${id}/b2`, `${id}/a`)
  }
}

it(`loses nothing acknowledged and does nothing twice when the server is killed ${cycles} times under remote load`, async () => {
  const path = join(await scratchFolder(), 'chat.db')
  const port = await freePort()
  const start = () => startServeProcess(['--db', path, '--port', String(port), '--log-level', 'silent'])
  let server = await start()
  const db = connect(server.url, { apiKey: server.apiKey ?? '', retryForMs: 240_000 })
  const written: Written = { ids: [], counts: { inserted: 0 } }
  const stop = new AbortController()
  const writing = Promise.all(
    Array.from({ length: writers }, (_, lane) => write(db, lane, written, stop.signal)),
  )
  const failed = writing.then(
    () => undefined,
    (error: unknown) => error,
  )
  let answeredBetween = 0
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const before = written.ids.length
    await Promise.race([
      expect.poll(() => written.ids.length, { timeout: 240_000 }).toBeGreaterThan(before + 100),
      failed,
    ])
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 300))
    answeredBetween += written.ids.length - before
    expect(await server.stop('SIGKILL')).toBe('SIGKILL')
    server = await start()
  }
  stop.abort()
  expect(await failed).toBeUndefined()
  await db.close()
  expect(await server.stop()).toBe('SIGTERM')
  await using file = await openDatabase(path, { readOnly: true })
  expect(await file.countMessages()).toBe(written.ids.length)
  expect(await file.getMessagesByIds(written.ids)).toHaveLength(written.ids.length)
  expect(written.counts.inserted).toBe(written.ids.length / 4)
  expect(await verifyDatabase(path)).toMatchObject({ isOk: true })
  reportFigures('server killed', {
    cycles,
    acknowledged: written.ids.length,
    answeredBetween,
    lost: 0,
    twice: 0,
  })
})

it('would notice what is done twice: without its key a write that is repeated is refused', async () => {
  const path = join(await scratchFolder(), 'chat.db')
  const server = await startServeProcess(['--db', path, '--port', '0', '--log-level', 'silent'])
  const db = connect(server.url, { apiKey: server.apiKey ?? '' })
  await db.storeMessage({ ...message('1'), onConflict: 'error' })
  const error: unknown = await db
    .storeMessage({ ...message('1'), onConflict: 'error' })
    .catch((reason: unknown) => reason)
  expect(error instanceof ConvoDbError && error.code).toBe('ALREADY_EXISTS')
  await db.close()
  await server.stop()
})
