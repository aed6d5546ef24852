import { describe, expect, it } from 'vitest'
import { message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'

const countAll = `
  SELECT (SELECT count(*) FROM messages) AS messages,
    (SELECT sum(message_count) FROM channels) AS countedByChannel,
    (SELECT sum(message_count) FROM users) AS countedByUser,
    (SELECT count(*) FROM channel_messages) AS places`

/** Messages are indexed into counters and places by and by; whoever reads the tables finds them whole all the same. */
export function describeLeaseViews(db: GetDatabase): void {
  const expectWholeTables = async () => {
    const row = await db().withConnection((connection) => connection.get(countAll))
    const messages = row?.['messages']
    expect(row).toEqual({ messages, countedByChannel: messages, countedByUser: messages, places: messages })
  }

  describe('tables in a read lease', () => {
    it('are whole while others store', async () => {
      const over = new AbortController()
      const producers = Array.from({ length: 20 }, async (_, producer) => {
        for (let n = 0; !over.signal.aborted; n += 1) {
          const content = message(`lv-${producer}-${n}`, { channelId: `lv-${n % 7}`, timestamp: n })
          await db().storeMessage(content)
        }
      })
      for (let look = 0; look < 30; look += 1) await expectWholeTables()
      over.abort()
      await Promise.all(producers)
      await expectWholeTables()
    })

    it('are whole while a write lease is under way', async () => {
      await Promise.all(
        Array.from({ length: 50 }, (_, n) => db().storeMessage(message(`lv-w-${n}`, { channelId: 'lv-w' }))),
      )
      await db().withConnection(
        async (connection) => {
          await connection.run(`DELETE FROM messages WHERE message_id = 'lv-w-0'`)
          await expectWholeTables()
        },
        { mode: 'write' },
      )
      await expectWholeTables()
    })

    it('tell the same as the calls do, and keep their indexes', async () => {
      await db().addMessages([
        message('lv-a', { channelId: 'lv-same', userId: 'lv-same', timestamp: -5 }),
        message('lv-b', { channelId: 'lv-same', userId: 'lv-same', timestamp: 8 }),
      ])
      const [channel, user, plan] = await db().withConnection((connection) =>
        Promise.all([
          connection.get(`SELECT message_count, last_active FROM channels WHERE channel_id = ?`, ['lv-same']),
          connection.get(`SELECT message_count, first_seen, last_active FROM users WHERE user_id = ?`, [
            'lv-same',
          ]),
          connection.all(`EXPLAIN QUERY PLAN SELECT message_count FROM channels WHERE channel_id = 'x'`),
        ]),
      )
      expect(channel).toEqual({ message_count: 2, last_active: 8 })
      expect(user).toEqual({ message_count: 2, first_seen: -5, last_active: 8 })
      const details = plan.map((row) => row['detail'])
      expect(details.filter((detail) => String(detail).startsWith('SCAN'))).toEqual([])
    })
  })
}
