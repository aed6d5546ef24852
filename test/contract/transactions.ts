import { describe, expect, it } from 'vitest'
import { maxIdLength } from '../../src/protocol/limits.js'
import { expectError, message } from '../support/databases.js'
import { leasesOfPostgres, skipUnlessSqlite } from './sqlite-sql.js'
import type { GetDatabase } from './contract.js'

/** `transaction`: operations and SQL of the caller's own, all or none. */
export function describeTransactions(db: GetDatabase): void {
  const count = (channelId: string) => db().countMessages({ channelId })

  describe('transaction', () => {
    it('commits when the work resolves, and gives what it returned', async () => {
      const outcome = await db().transaction(async (transaction) => {
        await transaction.upsertChannel({ channelId: 'tc', name: 'tea' })
        return transaction.storeMessage(message('tc-1', { channelId: 'tc' }))
      })
      expect(outcome).toEqual({ messageId: 'tc-1', outcome: 'inserted' })
      expect(await db().getChannel('tc')).toMatchObject({ name: 'tea', messageCount: 1 })
    })

    it('writes, unless it is told to read: a mode that is undefined is none', async () => {
      const store = db().transaction(
        (transaction) => transaction.storeMessage(message('tu-1', { channelId: 'tu' })),
        { mode: undefined },
      )
      expect(await store).toMatchObject({ outcome: 'inserted' })
      expect(await count('tu')).toBe(1)
    })

    it('takes every id that calls take elsewhere', async () => {
      for (const id of ['\0', '\0x', 'x\0', '\0'.repeat(maxIdLength), '語'.repeat(maxIdLength)]) {
        const segment = { segmentId: id, channelId: id, startTime: 0, endTime: 1, messages: [id] }
        const embedding = { ownerType: 'message', ownerId: id, model: id, vector: [1] } as const
        await db().transaction(async (transaction) => {
          await transaction.storeMessage(message(id, { channelId: id, userId: id, messageType: id }))
          await transaction.createSegmentWithMessages(segment)
          await transaction.storeEmbeddings([embedding])
        })
        const ids = { messageId: id, channelId: id, userId: id, messageType: id }
        expect(await db().getSegmentMessages(id)).toMatchObject([ids])
        expect(await db().getEmbeddings({ ownerType: 'message', ownerIds: [id] })).toMatchObject([
          { model: id },
        ])
        await db().deleteChannel(id)
      }
    })

    it('rolls all of it back when the work throws, and passes the error on', async () => {
      const work = db().transaction(async (transaction) => {
        await transaction.storeMessage(message('tr-1', { channelId: 'tr' }))
        await transaction.updateProfile({ userId: 'tr', profile: { mood: 'gone' } })
        throw new RangeError('changed my mind')
      })
      await expect(work).rejects.toThrow(new RangeError('changed my mind'))
      expect(await count('tr')).toBe(0)
      expect(await db().getChannel('tr')).toBeUndefined()
      expect(await db().getUser('tr')).toBeUndefined()
    })

    it('operations and SQL see what either has done before', async (context) => {
      skipUnlessSqlite(db, context, leasesOfPostgres)
      const seen = await db().transaction(async (transaction) => {
        await transaction.storeMessage(message('tm-1', { channelId: 'tm', userId: 'tm', timestamp: 10 }))
        const stored = await transaction.get(
          `SELECT message_count AS count FROM channels WHERE channel_id = 'tm'`,
        )
        await transaction.run(`UPDATE messages SET timestamp = 20 WHERE message_id = 'tm-1'`)
        await transaction.addMessages([message('tm-2', { channelId: 'tm', userId: 'tm', timestamp: 15 })])
        await transaction.run(`DELETE FROM messages WHERE message_id = 'tm-1'`)
        await transaction.storeMessage(message('tm-3', { channelId: 'tm', userId: 'tm', timestamp: 30 }))
        const { items } = await transaction.getMessages({ channelId: 'tm', order: 'asc' })
        return {
          stored,
          listed: items.map(({ messageId }) => messageId),
          channel: await transaction.getChannel('tm'),
          user: await transaction.getUser('tm'),
        }
      })
      expect(seen).toMatchObject({
        stored: { count: 1 },
        listed: ['tm-2', 'tm-3'],
        channel: { messageCount: 2, lastActive: new Date(30) },
        user: { messageCount: 2 },
      })
      expect(await db().getChannel('tm')).toEqual(seen.channel)
      expect((await db().getMessages({ channelId: 'tm', order: 'asc' })).items).toHaveLength(2)
    })

    it('an operation that fails leaves nothing behind, and the work may go on', async () => {
      await db().storeMessage(message('tf-1', { channelId: 'tf' }))
      await db().transaction(async (transaction) => {
        await expectError(
          transaction.addMessages({
            messages: [message('tf-2', { channelId: 'tf' }), message('tf-1', { channelId: 'tf' })],
            onConflict: 'error',
          }),
          'ALREADY_EXISTS',
        )
        await expectError(transaction.updateMessage({ messageId: 'none', content: 'x' }), 'NOT_FOUND')
        await transaction.storeMessage(message('tf-3', { channelId: 'tf' }))
      })
      const { items } = await db().getMessages({ channelId: 'tf' })
      expect(items.map(({ messageId }) => messageId).toSorted()).toEqual(['tf-1', 'tf-3'])
    })

    it('lists and iterates inside, page by page', async () => {
      const messages = Array.from({ length: 25 }, (_, n) =>
        message(`ti-${n}`, { channelId: 'ti', timestamp: n }),
      )
      const contents = await db().transaction(async (transaction) => {
        await transaction.addMessages(messages)
        const found: string[] = []
        for await (const { messageId } of transaction.iterateMessages({
          channelId: 'ti',
          order: 'asc',
          limit: 7,
        }))
          found.push(messageId)
        return found
      })
      expect(contents).toEqual(messages.map(({ messageId }) => messageId))
    })

    it('takes and gives what is too large for one message', async () => {
      const content = 'long '.repeat(200_000)
      const messages = Array.from({ length: 8 }, (_, n) => message(`tl-${n}`, { channelId: 'tl', content }))
      const read = await db().transaction(async (transaction) => {
        await transaction.addMessages(messages)
        return transaction.getMessagesByIds(messages.map(({ messageId }) => messageId))
      })
      expect(read.map((one) => one.content === content)).toEqual(messages.map(() => true))
    })

    it("with mode 'read' it sees one snapshot, refuses writes, and SQL may stand between", async () => {
      await db().storeMessage(message('ts-1', { channelId: 'ts' }))
      const sql = `SELECT message_count AS count FROM channels WHERE channel_id = 'ts'`
      await db().transaction(
        async (transaction) => {
          const before = await transaction.getChannel('ts')
          await db().storeMessage(message('ts-2', { channelId: 'ts' }))
          for (let n = 0; n < 3; n += 1) {
            expect(await transaction.get(sql)).toEqual({ count: 1 })
            expect(await transaction.getChannel('ts')).toEqual(before)
            expect(await transaction.countMessages({ channelId: 'ts' })).toBe(1)
            expect((await transaction.getMessages({ channelId: 'ts' })).items).toHaveLength(1)
          }
          await expectError(transaction.storeMessage(message('ts-3')), 'READ_ONLY')
        },
        { mode: 'read' },
      )
      expect(await count('ts')).toBe(2)
    })

    it("with mode 'read' a savepoint that SQL goes back to changes nothing of what operations see", async (context) => {
      skipUnlessSqlite(db, context, leasesOfPostgres)
      await db().addMessages(
        Array.from({ length: 50 }, (_, n) => message(`tv-${n}`, { channelId: 'tv', userId: 'tv' })),
      )
      await db().transaction(
        async (transaction) => {
          const before = await transaction.getChannel('tv')
          await transaction.exec('SAVEPOINT mine')
          const sql = `SELECT message_count AS count FROM channels WHERE channel_id = 'tv'`
          for (let n = 0; n < 3; n += 1) {
            expect(await transaction.get(sql)).toEqual({ count: 50 })
            expect(await transaction.getChannel('tv')).toEqual(before)
            await transaction.exec('ROLLBACK TO mine')
            expect(await transaction.getChannel('tv')).toEqual(before)
          }
        },
        { mode: 'read' },
      )
    })

    it('refuses what has no place in a transaction', async () => {
      await db().transaction(async (transaction) => {
        await expectError(transaction.execute('checkpoint', {}), 'CONFLICT')
        await expectError(transaction.getChannel('c', { timeoutMs: 5 }), 'INVALID_ARGUMENT', {
          field: 'options',
        })
        await expectError(transaction.exec('COMMIT'), 'SQL_NOT_ALLOWED')
        await expectError(db().storeMessage(message('tn-1')), 'CONFLICT')
        await expectError(db().batch([{ name: 'deleteChannel', params: { channelId: 'c' } }]), 'CONFLICT')
      })
    })

    it('is void when the work is over', async () => {
      const escaped = await db().transaction((transaction) => [transaction])
      await expectError(escaped[0]?.storeMessage(message('te-1')) ?? Promise.resolve(), 'LEASE_EXPIRED')
    })

    it('several at once each have the writer to themselves', async () => {
      await Promise.all(
        Array.from({ length: 8 }, () =>
          db().transaction(async (transaction) => {
            const profile = await transaction.getProfile('tq')
            const visits = Number(profile?.profile['visits'] ?? 0) + 1
            await transaction.updateProfile({ userId: 'tq', profile: { visits } })
          }),
        ),
      )
      expect(await db().getProfile('tq')).toMatchObject({ profile: { visits: 8 } })
    })
  })
}
