import { expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'
import { memberCases } from './segment-members.js'

const span = (startTime: number, endTime: number) => ({ startTime, endTime })

export const segmentCases = {
  createConversationSegment(db: GetDatabase) {
    it('keeps every field, and has no members yet', async () => {
      const segment = await db().createConversationSegment({
        segmentId: 'cs-1',
        channelId: 'cs',
        ...span(1, 2),
        summary: 'about tea',
        coherenceScore: 0.1 + 0.2,
        activityLevel: 3,
        vector: new Float32Array([0.5, -1]),
        metadata: { topic: 'tea' },
      })
      expect(segment).toEqual({
        segmentId: 'cs-1',
        channelId: 'cs',
        startTime: new Date(1),
        endTime: new Date(2),
        messageCount: 0,
        summary: 'about tea',
        coherenceScore: 0.1 + 0.2,
        activityLevel: 3,
        vector: new Float32Array([0.5, -1]),
        metadata: { topic: 'tea' },
      })
      expect(await db().getConversationSegment('cs-1')).toEqual(segment)
    })

    it('refuses a taken id, unless told to update or ignore', async () => {
      const segment = { segmentId: 'cs-2', channelId: 'cs', ...span(1, 2) }
      await db().createConversationSegment(segment)
      await expectError(db().createConversationSegment(segment), 'ALREADY_EXISTS', { segmentId: 'cs-2' })
      const changed = { ...segment, summary: 'new' }
      expect(await db().createConversationSegment({ ...changed, onConflict: 'ignore' })).toMatchObject({
        summary: null,
      })
      expect(await db().createConversationSegment({ ...changed, onConflict: 'update' })).toMatchObject({
        summary: 'new',
      })
      const moved = { ...segment, channelId: 'cs-other', onConflict: 'update' as const }
      await expectError(db().createConversationSegment(moved), 'CONFLICT')
    })

    it('ignored, brings no channel into being', async () => {
      await db().createConversationSegment({ segmentId: 'cs-ignored', channelId: 'cs', ...span(1, 2) })
      const again = { segmentId: 'cs-ignored', channelId: 'cs-nowhere', ...span(1, 2) }
      const stored = await db().createConversationSegment({ ...again, onConflict: 'ignore' })
      expect(stored.channelId).toBe('cs')
      expect(await db().getChannel('cs-nowhere')).toBeUndefined()
    })

    it('refuses an end before the start', () =>
      expectError(
        db().createConversationSegment({ segmentId: 'cs-3', channelId: 'cs', ...span(2, 1) }),
        'INVALID_ARGUMENT',
        { field: 'endTime' },
      ))
  },

  ...memberCases,

  getConversationSegment(db: GetDatabase) {
    it('is undefined for an unknown segment', async () => {
      expect(await db().getConversationSegment('gs-none')).toBeUndefined()
      expect(await db().getConversationSegment({ segmentId: 'gs-none' })).toBeUndefined()
    })
  },

  getConversationSegments(db: GetDatabase) {
    it('pages through a channel’s segments by start, also with equal starts', async () => {
      const starts = [5, 5, 5, 7, 3]
      for (const [n, start] of starts.entries()) {
        await db().createConversationSegment({ segmentId: `lsg-${n}`, channelId: 'lsg', ...span(start, 9) })
      }
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await db().getConversationSegments({ channelId: 'lsg', limit: 2, cursor })
        seen.push(...page.items.map(({ segmentId }) => segmentId))
        cursor = page.nextCursor ?? undefined
      } while (cursor !== undefined)
      expect(seen).toEqual(['lsg-3', 'lsg-2', 'lsg-1', 'lsg-0', 'lsg-4'])
      const range = { channelId: 'lsg', after: 3, before: 7, order: 'asc' as const }
      const inRange = await db().getConversationSegments(range)
      expect(inRange.items.map(({ segmentId }) => segmentId)).toEqual(['lsg-0', 'lsg-1', 'lsg-2'])
    })
  },

  getOverlappingSegments(db: GetDatabase) {
    it('finds segments that share a moment, ends included', async () => {
      const spans = [span(0, 10), span(5, 6), span(11, 12), span(12, 20), span(21, 22)]
      for (const [n, times] of spans.entries()) {
        await db().createConversationSegment({ segmentId: `os-${n}`, channelId: 'os', ...times })
      }
      const overlap = async (startTime: number, endTime: number, limit?: number) => {
        const query = { channelId: 'os', startTime, endTime, order: 'asc' as const, limit }
        const ids: string[] = []
        let cursor: string | undefined
        do {
          const page = await db().getOverlappingSegments({ ...query, cursor })
          ids.push(...page.items.map(({ segmentId }) => segmentId))
          cursor = page.nextCursor ?? undefined
        } while (cursor !== undefined)
        return ids
      }
      expect(await overlap(10, 12)).toEqual(['os-0', 'os-2', 'os-3'])
      expect(await overlap(-5, 0)).toEqual(['os-0'])
      expect(await overlap(0, 100, 1)).toEqual(['os-0', 'os-1', 'os-2', 'os-3', 'os-4'])
      expect(await overlap(23, 24)).toEqual([])
    })

    it('refuses an end before the start', () =>
      expectError(db().getOverlappingSegments({ channelId: 'os', ...span(2, 1) }), 'INVALID_ARGUMENT'))
  },

  updateConversationSegment(db: GetDatabase) {
    it('changes what is given, clears what is null and keeps the members', async () => {
      await db().storeMessage(message('us-1', { channelId: 'us' }))
      await db().createSegmentWithMessages({
        segmentId: 'us',
        channelId: 'us',
        ...span(1, 2),
        vector: [1],
        summary: 'old',
        messages: ['us-1'],
      })
      const changed = await db().updateConversationSegment({
        segmentId: 'us',
        summary: 'new',
        vector: null,
        endTime: 5,
        activityLevel: 2,
      })
      expect(changed).toMatchObject({ summary: 'new', vector: null, startTime: new Date(1), messageCount: 1 })
      expect(changed.endTime).toEqual(new Date(5))
    })

    it('refuses an unknown segment and times out of order', async () => {
      await expectError(db().updateConversationSegment({ segmentId: 'us-none' }), 'NOT_FOUND')
      await db().createConversationSegment({ segmentId: 'us-2', channelId: 'us', ...span(1, 2) })
      await expectError(
        db().updateConversationSegment({ segmentId: 'us-2', startTime: 3 }),
        'INVALID_ARGUMENT',
      )
    })
  },

  deleteConversationSegment(db: GetDatabase) {
    it('takes membership and embeddings along and leaves the messages', async () => {
      await db().storeMessage(message('ds-1', { channelId: 'ds' }))
      const segment = { segmentId: 'ds', channelId: 'ds', ...span(1, 2), messages: ['ds-1'] }
      await db().createSegmentWithMessages(segment)
      await db().storeEmbeddings([{ ownerType: 'segment', ownerId: 'ds', model: 'ds', vector: [1] }])
      expect(await db().deleteConversationSegment('ds')).toBe(true)
      expect(await db().deleteConversationSegment('ds')).toBe(false)
      expect(await db().getSegmentMessages('ds')).toEqual([])
      expect(await db().getMessagesByIds(['ds-1'])).toHaveLength(1)
      expect(await db().getEmbeddings({ ownerType: 'segment', ownerIds: ['ds'] })).toEqual([])
    })
  },
}
