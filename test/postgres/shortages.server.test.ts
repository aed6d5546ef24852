import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openDatabase } from 'convodb'
import pg from 'pg'
import { describe, expect, it, vi } from 'vitest'
import { expectError, message } from '../support/databases.js'
import { startPostgres } from '../support/postgres.js'
import { documented, expectWhole, storeOn } from '../support/postgres-load.js'

const run = promisify(execFile)

const megabytes = 160

/** A folder on a disk of its own; undefined where nobody lets us mount one. */
async function mountSmallDisk(): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'convodb-disk-'))
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0777`, 'tmpfs', folder])
    return folder
  } catch {
    await rm(folder, { recursive: true })
    return undefined
  }
}

/** Whether nobody listens there. */
async function isRefused(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' })
  try {
    await once(socket, 'connect')
    return false
  } catch (error) {
    return Reflect.get(Object(error), 'code') === 'ECONNREFUSED'
  } finally {
    socket.destroy()
  }
}

describe('a server whose disk is full', () => {
  it('refuses writes with documented codes, loses nothing that was acknowledged, and goes on when there is room', async (context) => {
    const disk = await mountSmallDisk()
    if (disk === undefined) return context.skip('mounting a small disk takes root')
    const server = await startPostgres({ parent: disk, settings: ['min_wal_size=32MB', 'max_wal_size=32MB'] })
    const db = await openDatabase(await server.createDatabase(), { readers: 1 })
    try {
      const load = storeOn(db, 'full', 8)
      await vi.waitFor(() => expect(load.acknowledged.length).toBeGreaterThan(200), { timeout: 60_000 })
      // As far as there is room.
      const filler = join(disk, 'filler')
      await expect(writeFile(filler, Buffer.alloc(megabytes * 2 ** 20))).rejects.toThrow('ENOSPC')
      await vi.waitFor(() => expect(load.refused.length).toBeGreaterThan(0), { timeout: 120_000 })
      await rm(filler)
      const before = load.acknowledged.length
      const goesOn = async (): Promise<void> => {
        // It ends for good where its log has no room for the next segment, even while it recovers: then somebody starts it again.
        if (await isRefused(server.port)) await server.resume()
        expect(load.acknowledged.length).toBeGreaterThan(before + 200)
      }
      await vi.waitFor(goesOn, { timeout: 120_000, interval: 200 })
      await load.stop()
      for (const { code } of load.refused) expect(['DISK_FULL', ...documented]).toContain(code)
      await expectWhole(db, load.acknowledged)
    } finally {
      await db.close()
      await server.stop()
      await run('umount', [disk])
      await rm(disk, { recursive: true })
    }
  })
})

describe('a server that has no connection left', () => {
  it('says OVERLOADED, and what has its connection goes on', async () => {
    const server = await startPostgres({
      settings: ['max_connections=10', 'superuser_reserved_connections=0', 'reserved_connections=0'],
    })
    const url = await server.createDatabase()
    const db = await openDatabase(url, { readers: 1 })
    const others: pg.Client[] = []
    try {
      await db.storeMessage(message('oc-1', { channelId: 'oc' }))
      expect(await db.countMessages({ channelId: 'oc' })).toBe(1)
      for (;;) {
        const other = new pg.Client({ connectionString: url })
        try {
          await other.connect()
          others.push(other)
        } catch {
          break
        }
      }
      expect(others.length).toBeGreaterThan(0)
      await expectError(openDatabase(url), 'OVERLOADED', { sqlState: '53300' })
      await expectError(
        db.withConnection(async () => undefined, { mode: 'write' }),
        'OVERLOADED',
      )
      await db.storeMessage(message('oc-2', { channelId: 'oc' }))
      expect(await db.countMessages({ channelId: 'oc' })).toBe(2)
      await others.pop()?.end()
      await vi.waitFor(() => db.withConnection(async () => undefined, { mode: 'write' }))
    } finally {
      await Promise.all(others.map((other) => other.end()))
      await db.close()
      await server.stop()
    }
  })
})
