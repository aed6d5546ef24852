import { renameSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { HeldLog } from '../../src/workers/log/held-log.js'
import { openWriteConnection } from '../../src/workers/connection/open.js'
import { temporaryFolder } from '../support/databases.js'

const settingsOf = (path: string) => ({
  path,
  create: true,
  readOnly: false,
  durability: 'full' as const,
  busyTimeoutMs: 0,
  cacheSizeKib: 1_024,
  walAutocheckpointPages: 4_000,
})

interface Checkpoint {
  readonly busy: number
  readonly log: number
}

it('holds the log though nothing can be opened any more: what it needs for that is there from the start', async () => {
  const path = join(await temporaryFolder(), 'chat.db')
  const writer = openWriteConnection(settingsOf(path))
  const log = new HeldLog(settingsOf(path))
  log.prepare()
  const other = new Database(path, { timeout: 0 })
  const checkpoint = () => other.prepare<[], Checkpoint>('PRAGMA wal_checkpoint(TRUNCATE)').get()
  expect(checkpoint()).toMatchObject({ busy: 0, log: 0 })
  writer.exec(`INSERT INTO channels (channel_id, created_at) VALUES ('a', 0)`)
  renameSync(path, `${path}.away`)
  log.hold()
  writer.exec(`INSERT INTO channels (channel_id, created_at) VALUES ('b', 0)`)
  expect(log.isWanted).toBe(true)
  expect(checkpoint()).toMatchObject({ busy: 1 })
  log.close()
  expect(checkpoint()).toMatchObject({ busy: 0, log: 0 })
  other.close()
  writer.close()
})
