import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import Database from 'better-sqlite3'
import type { DatabaseManager } from 'convodb'
import { describe, expect, it } from 'vitest'
import { message, temporaryDatabase, temporaryFolder } from '../support/databases.js'

const pageBytes = 4096

/** Leaves nothing for the writer to do when it is idle. */
async function storeAndIndex(db: DatabaseManager, messageId: string): Promise<void> {
  await db.storeMessage(message(messageId))
  await db.withConnection(() => undefined, { mode: 'write' })
}

describe('the write-ahead log', () => {
  it('stays short while messages stream in, and what it held is in the file', async () => {
    const path = join(await temporaryFolder(), 'chat.db')
    const walAutocheckpointPages = 100
    const db = await temporaryDatabase({ walAutocheckpointPages }, path)
    const batches = 60
    for (let batch = 0; batch < batches; batch += 1) {
      const rows = Array.from({ length: 500 }, (_, n) =>
        message(`${batch}-${n}`, { channelId: `c${n % 50}`, content: 'x'.repeat(300) }),
      )
      await db.addMessages(rows)
    }
    const { walBytes } = await db.stats()
    // SQLite's own checkpoint acts at four times the length, after a commit that may have added as much again.
    expect(walBytes).toBeLessThan(16 * walAutocheckpointPages * pageBytes)
    const { size } = await stat(path)
    expect(size).toBeGreaterThan((batches / 2) * 500 * 300)
    expect(await db.countMessages()).toBe(batches * 500)
  })

  it('stays bounded where no thread can be started to copy it', async () => {
    const path = join(await temporaryFolder(), 'chat.db')
    const run = promisify(execFile)
    const program = fileURLToPath(
      new URL('../../build/test/torture/children/fill-without-descriptors.js', import.meta.url),
    )
    const { stdout } = await run('sh', [
      '-c',
      'ulimit -n 100; exec "$0" "$@"',
      process.execPath,
      program,
      path,
    ])
    const { longestPages, walAutocheckpointPages }: { longestPages: number; walAutocheckpointPages: number } =
      JSON.parse(stdout)
    // Four times the length, and what the commits between two looks at it add.
    expect(longestPages).toBeLessThan(6 * walAutocheckpointPages)
  })

  it('is emptied by a checkpoint that waits for another one to end', async () => {
    const path = join(await temporaryFolder(), 'chat.db')
    const db = await temporaryDatabase({ busyTimeoutMs: 60_000 }, path)
    await storeAndIndex(db, '1')
    const reader = new Database(path)
    reader.exec('BEGIN; SELECT count(*) FROM messages')
    await storeAndIndex(db, '2')
    // It waits for the reader, and keeps all other checkpoints away meanwhile.
    const program = `
      import Database from 'better-sqlite3'
      new Database(process.argv[1], { timeout: 60_000 }).pragma('wal_checkpoint(RESTART)')`
    const other = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program, path])
    await expect.poll(() => db.checkpoint(), { timeout: 60_000 }).toMatchObject({ busy: true, walFrames: 0 })
    const emptying = db.checkpoint({ mode: 'truncate' })
    await db.countMessages()
    reader.close()
    expect(await emptying).toEqual({ busy: false, walFrames: 0, checkpointedFrames: 0 })
    await other
    expect((await db.stats()).walBytes).toBe(0)
  })

  it('is gone after close, though a thread of its own checkpoints', async () => {
    const path = join(await temporaryFolder(), 'chat.db')
    const db = await temporaryDatabase({ walAutocheckpointPages: 1 }, path)
    for (let n = 0; n < 20; n += 1) {
      await db.storeMessage(message(String(n)))
      // Slowly, so that the writer asks for the log's length again and again.
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await db.close()
    await expect(stat(`${path}-wal`)).rejects.toMatchObject({ code: 'ENOENT' })
    const again = await temporaryDatabase({ readers: 1 }, path)
    expect(await again.countMessages()).toBe(20)
  })
})
