import { expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'

const stepOf = (db: GetDatabase, channelId: string, fields: object = {}) =>
  db().execute('getSegmentingStep', { channelId, strategy: 'mine', window: 10, ...fields })

export const segmentingCases = {
  getSegmentingStep(db: GetDatabase) {
    it('tells of nothing where there is no channel, and where nothing is new', async () => {
      const nothing = { recent: [], messages: [], hasMore: false, nextCursor: null }
      expect(await stepOf(db, 'gss-none')).toEqual(nothing)
      await db().upsertChannel({ channelId: 'gss-empty' })
      expect(await stepOf(db, 'gss-empty')).toEqual(nothing)
    })

    it('tells of the messages in their order, which segment they would start, and which they answer', async () => {
      const answer = message('gss-2', { channelId: 'gss', timestamp: 2, replyToMessageId: 'gss-1' })
      await db().addMessages([answer, message('gss-1', { channelId: 'gss', timestamp: 1 })])
      const step = await stepOf(db, 'gss', { limit: 1 })
      expect(step).toMatchObject({ recent: [], messages: [{ messageId: 'gss-1' }], hasMore: true })
      const [first] = step.messages
      expect(first).toEqual({
        messageId: 'gss-1',
        userId: 'ada',
        timestamp: new Date(1),
        replyToMessageId: null,
        segmentId: null,
        answeredSegmentId: null,
        newSegmentId: expect.stringMatching(/^mine:[\w-]{22}$/),
      })
      const segmentId = first?.newSegmentId ?? ''
      const cursor = step.nextCursor ?? ''
      const messages = [{ messageId: 'gss-1', segmentId, isNew: true }]
      await db().execute('applySegmentingStep', { channelId: 'gss', strategy: 'mine', cursor, messages })
      const next = await stepOf(db, 'gss')
      expect(next.recent).toEqual([{ ...first, segmentId }])
      expect(next.messages).toMatchObject([
        { messageId: 'gss-2', replyToMessageId: 'gss-1', answeredSegmentId: segmentId },
      ])
      expect(next.hasMore).toBe(false)
      const other = await stepOf(db, 'gss', { strategy: 'other' })
      expect(other.messages).toMatchObject([{ segmentId: null }, { answeredSegmentId: null }])
    })

    it.each(['', 'a:b', 'ä', 'a b', 'x'.repeat(101)])('refuses %j as a strategy', async (strategy) => {
      await expectError(stepOf(db, 'gss', { strategy }), 'INVALID_ARGUMENT', { field: 'strategy' })
    })
  },

  applySegmentingStep(db: GetDatabase) {
    it('stores what was decided once: who read the same step is told so', async () => {
      await db().addMessages([1, 2, 3].map((n) => message(`ass-${n}`, { channelId: 'ass', timestamp: n })))
      const { nextCursor, messages } = await stepOf(db, 'ass')
      const segmentId = messages[0]?.newSegmentId ?? ''
      const params = {
        channelId: 'ass',
        strategy: 'mine',
        cursor: nextCursor ?? '',
        messages: [
          { messageId: 'ass-1', segmentId, isNew: true },
          { messageId: 'ass-3', segmentId, contributionScore: 0.5 },
          { messageId: 'ass-1', segmentId },
          { messageId: 'ass-gone', segmentId },
        ],
      }
      expect(await db().execute('applySegmentingStep', params)).toEqual({ segments: 1, messages: 2 })
      await expectError(db().execute('applySegmentingStep', params), 'CONFLICT', {
        channelId: 'ass',
        strategy: 'mine',
      })
      expect(await db().getConversationSegment(segmentId)).toMatchObject({
        channelId: 'ass',
        startTime: new Date(1),
        endTime: new Date(3),
        messageCount: 2,
        coherenceScore: 0.5,
        activityLevel: 2,
        summary: null,
      })
      expect(await db().getSegmentMessages({ segmentId })).toMatchObject([
        { messageId: 'ass-1', position: 0, contributionScore: null },
        { messageId: 'ass-3', position: 1, contributionScore: 0.5 },
      ])
    })

    it('passes over a message that is in a segment of the strategy', async () => {
      await db().addMessages([1, 2].map((n) => message(`asp-${n}`, { channelId: 'asp', timestamp: n })))
      const apply = async (messages: readonly { messageId: string; segmentId: string; isNew: boolean }[]) => {
        const { nextCursor } = await stepOf(db, 'asp', { limit: 1 })
        const params = { channelId: 'asp', strategy: 'mine', cursor: nextCursor ?? '', messages }
        return db().execute('applySegmentingStep', params)
      }
      const first = { messageId: 'asp-1', segmentId: 'mine:asp-a', isNew: true }
      expect(await apply([first])).toEqual({ segments: 1, messages: 1 })
      const again = ['asp-1', 'asp-2'].map((messageId) => ({
        messageId,
        segmentId: 'mine:asp-b',
        isNew: true,
      }))
      expect(await apply(again)).toEqual({ segments: 1, messages: 1 })
      expect(await db().getSegmentMessageIds(['mine:asp-a', 'mine:asp-b'])).toEqual([
        { segmentId: 'mine:asp-a', messageIds: ['asp-1'] },
        { segmentId: 'mine:asp-b', messageIds: ['asp-2'] },
      ])
    })

    it('refuses a segment of another name, one that is gone, and a cursor that is none; all or nothing', async () => {
      await db().addMessages([message('ass-4', { channelId: 'ass-too' })])
      const { nextCursor } = await stepOf(db, 'ass-too')
      const step = { channelId: 'ass-too', strategy: 'mine', cursor: nextCursor ?? '' }
      const apply = (joining: readonly object[], fields: object = {}) =>
        db().execute(
          'applySegmentingStep',
          JSON.parse(JSON.stringify({ ...step, messages: joining, ...fields })),
        )
      const good = { messageId: 'ass-4', segmentId: 'mine:good', isNew: true }
      await expectError(
        apply([good, { messageId: 'ass-5', segmentId: 'other:1', isNew: true }]),
        'INVALID_ARGUMENT',
      )
      await expectError(apply([good, { messageId: 'ass-5', segmentId: 'mine:gone' }]), 'CONFLICT', {
        segmentId: 'mine:gone',
      })
      await expectError(apply([good], { cursor: 'none' }), 'INVALID_ARGUMENT', { field: 'cursor' })
      await expectError(apply([good], { channelId: 'ass-none' }), 'CONFLICT')
      expect(await db().getConversationSegment('mine:good')).toBeUndefined()
      expect(await apply([good])).toEqual({ segments: 1, messages: 1 })
    })
  },
}
