import { expect, it } from 'vitest'
import { emptyLog, expectError, message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'

export const maintenanceCases = {
  countRows(db: GetDatabase) {
    it('is part of stats, and counts every table', async () => {
      const before = (await db().stats()).rows
      await db().storeMessage(message('cr-1', { channelId: 'cr', userId: 'cr' }))
      await db().createSegmentWithMessages({
        segmentId: 'cr',
        channelId: 'cr',
        startTime: 0,
        endTime: 1,
        messages: ['cr-1'],
      })
      await db().storeEmbeddings([{ ownerType: 'message', ownerId: 'cr-1', model: 'cr', vector: [1] }])
      await db().users.updateProfile({ userId: 'cr', profile: {} })
      const stats = await db().stats()
      for (const [table, count] of Object.entries(stats.rows)) {
        expect([table, count]).toEqual([table, Reflect.get(before, table) + 1])
      }
      expect(stats.fileBytes).toBeGreaterThan(0)
      expect(stats.commits).toBeGreaterThan(0)
      expect(stats.averageBatch).toBeGreaterThanOrEqual(1)
      for (const lane of [stats.read, stats.write]) {
        expect(lane.queuedOperations).toBe(0)
        expect(lane.finishedOperations).toBeGreaterThan(0)
        expect(lane.latencyMs.p50).toBeGreaterThan(0)
        expect(lane.latencyMs.p99).toBeGreaterThanOrEqual(lane.latencyMs.p50)
      }
    })
  },

  checkpoint(db: GetDatabase) {
    it('moves the log into the file; truncate empties it', async () => {
      await db().storeMessage(message('cp-1'))
      expect(await db().checkpoint()).toMatchObject({ busy: false })
      await db().storeMessage(message('cp-2'))
      await emptyLog(db())
      expect((await db().stats()).walBytes).toBe(0)
    })

    it('refuses a mode there is none of', () =>
      expectError(db().execute('checkpoint', JSON.parse('{"mode":"now"}')), 'INVALID_ARGUMENT', {
        field: 'mode',
      }))
  },

  optimize(db: GetDatabase) {
    it('refreshes the statistics without an answer', async () => {
      expect(await db().optimize()).toBeUndefined()
    })
  },
}
