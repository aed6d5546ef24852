import { beforeAll, expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'

const channelId = 'members'
const times = { startTime: 0, endTime: 1 }

/** Stores messages `<prefix>-0` to `<prefix>-5` and an empty segment `<prefix>`. */
function prepare(db: GetDatabase, prefix: string): void {
  beforeAll(async () => {
    const rows = [0, 1, 2, 3, 4, 5].map((n) => message(`${prefix}-${n}`, { channelId, timestamp: n }))
    await db().addMessages(rows)
    await db().createConversationSegment({ segmentId: prefix, channelId, ...times })
  })
}

const idsOf = async (db: GetDatabase, segmentId: string) =>
  (await db().getSegmentMessages({ segmentId })).map(({ messageId }) => messageId)

export const memberCases = {
  createSegmentWithMessages(db: GetDatabase) {
    prepare(db, 'cw')

    it('creates the segment and its members in the order given', async () => {
      const messages = ['cw-2', { messageId: 'cw-0', contributionScore: 0.25 }, 'cw-1']
      const segment = { segmentId: 'cw-new', channelId, ...times, messages }
      expect(await db().createSegmentWithMessages(segment)).toMatchObject({ messageCount: 3 })
      expect(await db().getSegmentMessages({ segmentId: 'cw-new' })).toMatchObject([
        { messageId: 'cw-2', position: 0, contributionScore: null },
        { messageId: 'cw-0', position: 1, contributionScore: 0.25 },
        { messageId: 'cw-1', position: 2 },
      ])
    })

    it('creates nothing when one message is unknown', async () => {
      const segment = { segmentId: 'cw-half', channelId, ...times, messages: ['cw-1', 'cw-none'] }
      await expectError(db().createSegmentWithMessages(segment), 'NOT_FOUND', { messageId: 'cw-none' })
      expect(await db().getConversationSegment('cw-half')).toBeUndefined()
    })

    it('replaces the members when it may update', async () => {
      const segment = { segmentId: 'cw-again', channelId, ...times, onConflict: 'update' as const }
      await db().createSegmentWithMessages({ ...segment, messages: ['cw-1', 'cw-2'] })
      await db().createSegmentWithMessages({ ...segment, messages: ['cw-2', 'cw-3', 'cw-4'] })
      expect(await idsOf(db, 'cw-again')).toEqual(['cw-2', 'cw-3', 'cw-4'])
      expect(await db().getConversationSegment('cw-again')).toMatchObject({ messageCount: 3 })
    })
  },

  addMessageToSegment(db: GetDatabase) {
    prepare(db, 'ad')

    it('adds at the end, or at the position given; a member already there moves', async () => {
      expect(await db().addMessageToSegment({ segmentId: 'ad', messageId: 'ad-1', position: 10 })).toBe(1)
      expect(await db().addMessageToSegment({ segmentId: 'ad', messageId: 'ad-2' })).toBe(1)
      expect(await db().addMessageToSegment({ segmentId: 'ad', messageId: 'ad-3', position: 0 })).toBe(1)
      expect(await idsOf(db, 'ad')).toEqual(['ad-3', 'ad-1', 'ad-2'])
      expect(await db().addMessageToSegment({ segmentId: 'ad', messageId: 'ad-3', position: 99 })).toBe(0)
      expect(await idsOf(db, 'ad')).toEqual(['ad-1', 'ad-2', 'ad-3'])
      expect(await db().getConversationSegment('ad')).toMatchObject({ messageCount: 3 })
    })

    it('takes any position that JavaScript counts exactly, and counts on from there as far', async () => {
      const segmentId = 'ad-far-away'
      await db().createConversationSegment({ segmentId, channelId, ...times })
      const add = (messageId: string, position?: number) =>
        db().addMessageToSegment({ segmentId, messageId, position })
      await add('ad-0', 2 ** 31)
      await add('ad-1')
      await add('ad-2', Number.MAX_SAFE_INTEGER)
      const positions = async () => (await db().getSegmentMessages(segmentId)).map(({ position }) => position)
      expect(await positions()).toEqual([2 ** 31, 2 ** 31 + 1, Number.MAX_SAFE_INTEGER])
      // Behind the last position there is none.
      await expectError(add('ad-3'), 'CONFLICT', { segmentId })
      await expectError(add('ad-3', 2 ** 53), 'INVALID_ARGUMENT', { field: 'position' })
      await add('ad-3', 5)
      // One that is there keeps its own.
      await add('ad-3')
      expect(await positions()).toEqual([5, 2 ** 31, 2 ** 31 + 1, Number.MAX_SAFE_INTEGER])
    })

    it('keeps position and score of a member that is added again without them', async () => {
      const member = { segmentId: 'ad', messageId: 'ad-4' }
      await db().addMessageToSegment({ ...member, position: 500, contributionScore: 0.5 })
      await db().addMessageToSegment(member)
      expect(await db().getSegmentMessages('ad')).toContainEqual(
        expect.objectContaining({ messageId: 'ad-4', position: 500, contributionScore: 0.5 }),
      )
    })

    it('refuses unknown segments and messages, and messages of other channels', async () => {
      await db().storeMessage(message('ad-far', { channelId: 'far away' }))
      const add = (segmentId: string, messageId: string) => db().addMessageToSegment({ segmentId, messageId })
      await expectError(add('ad-none', 'ad-1'), 'NOT_FOUND', { segmentId: 'ad-none' })
      await expectError(add('ad', 'ad-none'), 'NOT_FOUND', { messageId: 'ad-none' })
      await expectError(add('ad', 'ad-far'), 'CONFLICT', { messageId: 'ad-far' })
    })
  },

  addMessagesToSegment(db: GetDatabase) {
    prepare(db, 'as')

    it('adds all or none, in order, after those already there', async () => {
      expect(await db().addMessagesToSegment({ segmentId: 'as', messages: ['as-5', 'as-0'] })).toBe(2)
      expect(await db().addMessagesToSegment({ segmentId: 'as', messages: ['as-0', 'as-3'] })).toBe(1)
      await expectError(
        db().addMessagesToSegment({ segmentId: 'as', messages: ['as-1', 'as-none'] }),
        'NOT_FOUND',
      )
      expect(await idsOf(db, 'as')).toEqual(['as-5', 'as-0', 'as-3'])
    })
  },

  getSegmentMessages(db: GetDatabase) {
    prepare(db, 'gm')

    it('gives whole messages by position, and nothing for an unknown segment', async () => {
      await db().addMessagesToSegment({ segmentId: 'gm', messages: ['gm-4', 'gm-1'] })
      const [first] = await db().getSegmentMessages('gm')
      expect(first).toEqual({
        ...(await db().getMessagesByIds(['gm-4']))[0],
        position: 0,
        contributionScore: null,
      })
      expect(await db().getSegmentMessages('gm-none')).toEqual([])
    })
  },

  getSegmentMessageIds(db: GetDatabase) {
    prepare(db, 'gi')

    it('answers for many segments at once, in the order asked', async () => {
      await db().addMessagesToSegment({ segmentId: 'gi', messages: ['gi-2', 'gi-1'] })
      await db().createConversationSegment({ segmentId: '__proto__', channelId, ...times })
      expect(await db().getSegmentMessageIds(['gi-none', '__proto__', 'gi'])).toEqual([
        { segmentId: '__proto__', messageIds: [] },
        { segmentId: 'gi', messageIds: ['gi-2', 'gi-1'] },
      ])
    })
  },
}
