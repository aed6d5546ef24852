import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openDatabase } from 'convodb'
import { describe, expect, it } from 'vitest'
import { expectError, message, temporaryDatabase, temporaryFolder } from '../support/databases.js'

describe('close', () => {
  it('answers every call accepted before it, and none after', async () => {
    const path = join(await temporaryFolder(), 'chat.db')
    const db = await openDatabase(path)
    const writes = Array.from({ length: 500 }, (_, n) => db.storeMessage(message(String(n))))
    const reads = Array.from({ length: 50 }, () => db.getMessages({ channelId: 'general' }))
    const closed = db.close()
    await expectError(db.storeMessage(message('late')), 'CLOSED')
    await expectError(db.getChannel('general'), 'CLOSED')
    await expectError(
      db.withConnection(() => 1),
      'CLOSED',
    )
    expect(await Promise.all(writes)).toHaveLength(500)
    expect(await Promise.all(reads)).toHaveLength(50)
    await closed
    const again = await temporaryDatabase({ readers: 1 }, path)
    expect(await again.countMessages()).toBe(500)
    expect(await again.getMessagesByIds(['late'])).toEqual([])
  })

  it('waits for leases under way', async () => {
    const path = join(await temporaryFolder(), 'chat.db')
    const db = await openDatabase(path)
    const lease = db.withConnection(
      (connection) => connection.run(`INSERT INTO channels (channel_id, created_at) VALUES ('c', 0)`),
      { mode: 'write' },
    )
    const readLease = db.withConnection((connection) => connection.get('SELECT 1 AS one'))
    await db.close()
    expect(await lease).toMatchObject({ changes: 1 })
    expect(await readLease).toEqual({ one: 1 })
  })

  it('is a no-op the second time, also while the first is under way', async () => {
    const db = await openDatabase(':memory:')
    const first = db.close()
    await Promise.all([first, db.close()])
    await db.close()
    await expectError(db.countMessages(), 'CLOSED')
  })

  it('is what `await using` calls', async () => {
    let kept
    {
      await using db = await openDatabase(':memory:')
      await db.storeMessage(message('1'))
      kept = db
    }
    await expectError(kept.countMessages(), 'CLOSED')
  })

  it('lets the process end, with no thread left', async () => {
    const program = `
      import { openDatabase } from 'convodb'
      const db = await openDatabase(':memory:', { readers: 3 })
      await db.withConnection((connection) => connection.get('SELECT 1'))
      await db.close()
      console.log(process.getActiveResourcesInfo().filter((name) => name === 'Worker' || name === 'MessagePort').length)`
    const run = promisify(execFile)
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], {
      timeout: 20_000,
    })
    expect(stdout.trim()).toBe('0')
  })
})
