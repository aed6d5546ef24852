import { EventEmitter, once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'

/** `withConnection`: one worker's connection for SQL of the caller's own. */
export function describeLeases(db: GetDatabase): void {
  const count = (channelId: string) => db().countMessages({ channelId })

  describe('withConnection', () => {
    it('commits when the work resolves, and triggers keep the counters', async () => {
      await db().storeMessage(message('wc-1', { channelId: 'wc' }))
      const changes = await db().withConnection(
        async (connection) =>
          (await connection.run('DELETE FROM messages WHERE message_id = ?', ['wc-1'])).changes,
        { mode: 'write' },
      )
      expect(changes).toBe(1)
      expect(await count('wc')).toBe(0)
    })

    it('counts messages that are inserted through it, once, like those after it', async () => {
      await db().storeMessage(message('wn-1', { channelId: 'wn', userId: 'wn' }))
      await db().withConnection(
        (connection) =>
          connection.exec(`
            INSERT INTO messages (message_id, channel_key, user_key, content, timestamp, message_type)
            SELECT 'wn-2', channel_key, user_key, 'by hand', 5000, 'message' FROM channels, users
            WHERE channel_id = 'wn' AND user_id = 'wn'`),
        { mode: 'write' },
      )
      await db().storeMessage(message('wn-3', { channelId: 'wn', userId: 'wn' }))
      const counted = { messageCount: 3, lastActive: new Date(5000) }
      expect(await db().getChannel('wn')).toMatchObject(counted)
      expect(await db().users.getUser('wn')).toMatchObject(counted)
    })

    it('rolls back when the work throws, and passes the error on', async () => {
      await db().storeMessage(message('wr-1', { channelId: 'wr' }))
      const work = db().withConnection(
        async (connection) => {
          await connection.exec(
            `DELETE FROM messages WHERE message_id = 'wr-1'; UPDATE users SET metadata = NULL`,
          )
          throw new RangeError('changed my mind')
        },
        { mode: 'write' },
      )
      await expect(work).rejects.toThrow(new RangeError('changed my mind'))
      expect(await count('wr')).toBe(1)
    })

    it('reads one snapshot while others write', async () => {
      await db().storeMessage(message('ws-1', { channelId: 'ws' }))
      const sql = `SELECT count(*) AS n FROM messages JOIN channels USING (channel_key) WHERE channel_id = :id`
      const counts = await db().withConnection(async (connection) => {
        const before = await connection.get(sql, { id: 'ws' })
        await db().storeMessage(message('ws-2', { channelId: 'ws' }))
        return [before, await connection.get(sql, { id: 'ws' })]
      })
      expect(counts).toEqual([{ n: 1 }, { n: 1 }])
      expect(await count('ws')).toBe(2)
    })

    it('carries every kind of value', async () => {
      const values = ['text', 5, 0.5, 2n ** 60n, null]
      const row = await db().withConnection((connection) =>
        connection.get('SELECT ? AS text, ? AS whole, ? AS real, ? AS big, ? AS empty, typeof(?) AS type', [
          ...values,
          5,
        ]),
      )
      expect(row).toEqual({
        text: 'text',
        whole: 5,
        real: 0.5,
        big: 2n ** 60n,
        empty: null,
        type: 'integer',
      })
      const blob = await db().withConnection((connection) => connection.get(`SELECT x'0102' AS bytes`))
      expect(blob?.['bytes']).toEqual(Uint8Array.of(1, 2))
    })

    it('tells wrong SQL by its code and lets the work go on', async () => {
      const answer = await db().withConnection(async (connection) => {
        await expectError(connection.all('SELEC 1'), 'SQL_ERROR', { sqliteCode: 'SQLITE_ERROR' })
        await expectError(connection.get('SELECT ?', []), 'INVALID_ARGUMENT')
        await expectError(connection.run('SELECT 1; SELECT 2'), 'INVALID_ARGUMENT')
        await expectError(connection.run('DELETE FROM messages'), 'SQL_ERROR')
        return connection.all('SELECT 1 AS one')
      })
      expect(answer).toEqual([{ one: 1 }])
    })

    it('says whether it is the SQL or its parameters that are none', async () => {
      const answer = await db().withConnection(async (connection) => {
        for (const call of [connection.all, connection.get, connection.run]) {
          await expectError(call(JSON.parse('null')), 'INVALID_ARGUMENT', { field: 'sql' })
          await expectError(call('SELECT 1', JSON.parse('"text"')), 'INVALID_ARGUMENT', { field: 'params' })
          await expectError(call('SELECT 1', JSON.parse('null')), 'INVALID_ARGUMENT', { field: 'params' })
          await expectError(call('SELECT 1', Object([() => 1])), 'INVALID_ARGUMENT', { field: 'params' })
        }
        await expectError(connection.exec(JSON.parse('5')), 'INVALID_ARGUMENT', { field: 'sql' })
        return connection.all('SELECT 1 AS one')
      })
      expect(answer).toEqual([{ one: 1 }])
    })

    it('refuses text that would be stored as another, as calls do', async () => {
      const answer = await db().withConnection(async (connection) => {
        const lone = 'a\uD800'
        await expectError(connection.all('SELECT ? AS one', [lone]), 'INVALID_ARGUMENT', { field: 'params' })
        await expectError(connection.run('SELECT 1', { one: lone }), 'INVALID_ARGUMENT', { field: 'params' })
        await expectError(connection.exec(`SELECT '${lone}'`), 'INVALID_ARGUMENT', { field: 'sql' })
        return connection.all('SELECT 1 AS one')
      })
      expect(answer).toEqual([{ one: 1 }])
    })

    it('gives a constraint’s violation as CONFLICT', () =>
      expectError(
        db().withConnection(
          (connection) =>
            connection.run('INSERT INTO user_profiles (user_key, profile, updated_at) VALUES (-1, ?, 0)', [
              '{}',
            ]),
          {
            mode: 'write',
          },
        ),
        'CONFLICT',
      ))

    it('ends a lease that is idle for too long, rolls back and frees the writer', async () => {
      await db().storeMessage(message('wi-1', { channelId: 'wi' }))
      const never = new Promise<never>(() => {})
      const lease = db().withConnection(
        async (connection) => {
          await connection.run(`DELETE FROM messages WHERE message_id = 'wi-1'`)
          return never
        },
        { mode: 'write', idleTimeoutMs: 50 },
      )
      await expectError(lease, 'LEASE_EXPIRED', { idleTimeoutMs: 50 })
      await db().storeMessage(message('wi-2', { channelId: 'wi' }))
      expect(await count('wi')).toBe(2)
    })

    it('that expired does not disturb the next one', async () => {
      for (let round = 0; round < 20; round += 1) {
        const expired = db().withConnection(() => new Promise(() => {}), { mode: 'write', idleTimeoutMs: 1 })
        const next = db().withConnection(
          async (connection) => {
            await connection.run(`INSERT INTO channels (channel_id, created_at) VALUES (?, 0)`, [
              `wx-${round}`,
            ])
            for (let n = 0; n < 5; n += 1) await connection.get('SELECT 1')
          },
          { mode: 'write' },
        )
        await expectError(expired, 'LEASE_EXPIRED')
        await next
        expect(await db().getChannel(`wx-${round}`)).toBeDefined()
      }
    })

    it('is void after the work, and says so', async () => {
      const escaped = await db().withConnection((connection) => connection)
      await expectError(escaped.all('SELECT 1'), 'LEASE_EXPIRED')
    })

    it('lets other writers wait and readers go on', async () => {
      const order: string[] = []
      const events = new EventEmitter()
      // Made by somebody else while the lease is held, not by the lease's own work.
      const write = once(events, 'held').then(async () => {
        const stored = db().storeMessage(message('wo-1', { channelId: 'wo' }))
        events.emit('waiting')
        await stored
        order.push('write')
      })
      await db().withConnection(
        async (connection) => {
          await connection.run(`INSERT INTO channels (channel_id, created_at) VALUES ('wo', 0)`)
          const waiting = once(events, 'waiting')
          events.emit('held')
          await waiting
          expect(await db().getChannel('wo')).toBeUndefined()
          order.push('lease')
        },
        { mode: 'write' },
      )
      expect(await db().getChannel('wo')).toBeDefined()
      await write
      expect(order).toEqual(['lease', 'write'])
    })

    it('refuses a call that would wait for its own lease', async () => {
      await db().withConnection(
        async () => {
          await expectError(db().storeMessage(message('wd-1')), 'CONFLICT')
          await expectError(
            db().withConnection(() => 1, { mode: 'write' }),
            'CONFLICT',
          )
        },
        { mode: 'write' },
      )
    })

    it('ends with its signal and its deadline, rolled back', async () => {
      const controller = new AbortController()
      const aborted = db().withConnection(
        async (connection) => {
          await connection.run(`INSERT INTO channels (channel_id, created_at) VALUES ('wa', 0)`)
          controller.abort()
          await connection.run(`INSERT INTO channels (channel_id, created_at) VALUES ('wb', 0)`)
        },
        { mode: 'write', signal: controller.signal },
      )
      await expectError(aborted, 'ABORTED')
      const late = db().withConnection(() => new Promise(() => {}), { mode: 'write', timeoutMs: 20 })
      await expect(late).rejects.toMatchObject({
        code: 'TIMEOUT',
        message: expect.stringContaining('longer than 20 ms'),
      })
      expect(await db().getChannel('wa')).toBeUndefined()
    })

    it('runs hundreds at once without losing one', async () => {
      await db().upsertChannel({ channelId: 'wh', metadata: {} })
      const sql = `UPDATE channels SET created_at = created_at + 1 WHERE channel_id = 'wh'`
      const start = (await db().getChannel('wh'))?.createdAt.getTime() ?? 0
      await Promise.all([
        ...Array.from({ length: 100 }, () =>
          db().withConnection((connection) => connection.run(sql), { mode: 'write' }),
        ),
        ...Array.from({ length: 100 }, () => db().withConnection((connection) => connection.get('SELECT 1'))),
      ])
      expect((await db().getChannel('wh'))?.createdAt.getTime()).toBe(start + 100)
    })
  })
}
