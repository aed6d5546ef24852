import type { SearchByVectorParams } from 'convodb'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'

const model = 'sv'
const stored: readonly (readonly [
  id: string,
  channelId: string,
  userId: string,
  at: number,
  vector: number[],
])[] = [
  ['sv-east', 'sv-a', 'sv-ada', 1_000, [3, 0]],
  ['sv-north-east', 'sv-a', 'sv-bob', 2_000, [1, 1]],
  ['sv-north', 'sv-b', 'sv-ada', 3_000, [0, 0.5]],
  ['sv-west', 'sv-b', 'sv-bob', 4_000, [-1, 0]],
  ['sv-nowhere', 'sv-a', 'sv-ada', 5_000, [0, 0]],
]

export const vectorSearchCases = {
  searchByVector(db: GetDatabase) {
    beforeAll(async () => {
      await db().addMessages(
        stored.map(([id, channelId, userId, timestamp]) => message(id, { channelId, userId, timestamp })),
      )
      await db().storeEmbeddings(
        stored.map(([ownerId, , , , vector]) => ({ ownerType: 'message', ownerId, model, vector })),
      )
    })

    const search = (more: Partial<SearchByVectorParams> = {}) =>
      db().searchByVector({ model, vector: [1, 0], owner: 'message', ...more })
    const idsOf = async (more: Partial<SearchByVectorParams>) => {
      const found = await search(more)
      return found.map((match) => (match.kind === 'message' ? match.messageId : match.segmentId))
    }

    it('gives the messages and the cosine of each, the most alike first', async () => {
      const found = await search()
      expect(found.map((match) => match.score)).toEqual([1, expect.closeTo(Math.SQRT1_2, 12), 0, 0, -1])
      expect(found[0]).toEqual({
        ...(await db().getMessagesByIds(['sv-east']))[0],
        kind: 'message',
        score: 1,
      })
    })

    it('puts equal ones newest first, and takes a vector of zeros as like nothing', async () => {
      expect((await idsOf({})).slice(2, 4)).toEqual(['sv-nowhere', 'sv-north'])
      const found = await search({ vector: [0, 0] })
      expect(found.map((match) => match.score)).toEqual([0, 0, 0, 0, 0])
      expect(await idsOf({ vector: [0, 0], limit: 2 })).toEqual(['sv-nowhere', 'sv-west'])
    })

    describe.each([undefined, true, false])('with exact: %s', (exact) => {
      it('finds as many as are asked for, of the channels, the user and the time asked for', async () => {
        expect(await idsOf({ exact, limit: 2 })).toEqual(['sv-east', 'sv-north-east'])
        expect(await idsOf({ exact, channelId: 'sv-b' })).toEqual(['sv-north', 'sv-west'])
        expect(await idsOf({ exact, channelIds: ['sv-b', 'sv-none', 'sv-b'] })).toEqual([
          'sv-north',
          'sv-west',
        ])
        expect(await idsOf({ exact, channelIds: [] })).toEqual([])
        expect(await idsOf({ exact, userId: 'sv-bob' })).toEqual(['sv-north-east', 'sv-west'])
        expect(await idsOf({ exact, after: 2_000, before: 4_000 })).toEqual(['sv-north'])
        expect(await idsOf({ exact, minScore: 0.7 })).toEqual(['sv-east', 'sv-north-east'])
        expect(await idsOf({ exact, minScore: 1 })).toEqual(['sv-east'])
        expect(await idsOf({ exact, channelId: 'sv-a', userId: 'sv-ada', before: 5_000 })).toEqual([
          'sv-east',
        ])
      })
    })

    it('finds nothing of models, channels and users that are not there', async () => {
      expect(await idsOf({ model: 'sv-none' })).toEqual([])
      expect(await idsOf({ channelId: 'sv-none' })).toEqual([])
      expect(await idsOf({ userId: 'sv-none' })).toEqual([])
      expect(await idsOf({ owner: 'segment' })).toEqual([])
    })

    it('finds segments by their own embeddings, by when they begin', async () => {
      for (const [segmentId, startTime] of [
        ['sv-s1', 1_000],
        ['sv-s2', 2_000],
      ] as const) {
        await db().createConversationSegment({
          segmentId,
          channelId: 'sv-a',
          startTime,
          endTime: 9_000,
          summary: 'tea',
          metadata: { of: segmentId },
        })
        await db().storeEmbeddings([{ ownerType: 'segment', ownerId: segmentId, model, vector: [0, 1] }])
      }
      const found = await db().searchByVector({ model, vector: [0, 2], owner: 'segment' })
      const segments = await Promise.all(['sv-s2', 'sv-s1'].map((id) => db().getConversationSegment(id)))
      expect(found).toEqual(segments.map((segment) => ({ ...segment, kind: 'segment', score: 1 })))
      expect(await idsOf({ owner: 'segment', before: 2_000 })).toEqual(['sv-s1'])
    })

    it('follows what is stored anew, moved and deleted, at once', async () => {
      const ask = () => idsOf({ model: 'sv-moving', limit: 1 })
      await db().addMessages([message('sv-1', { channelId: 'sv-c' }), message('sv-2', { channelId: 'sv-c' })])
      const embed = (ownerId: string, vector: number[]) =>
        db().storeEmbeddings([{ ownerType: 'message', ownerId, model: 'sv-moving', vector }])
      await embed('sv-1', [1, 0])
      await embed('sv-2', [1, 1])
      expect(await ask()).toEqual(['sv-1'])
      await embed('sv-1', [-1, 0])
      expect(await ask()).toEqual(['sv-2'])
      await db().storeMessage(message('sv-2', { channelId: 'sv-d' }))
      expect(await idsOf({ model: 'sv-moving', channelId: 'sv-c' })).toEqual(['sv-1'])
      expect(await idsOf({ model: 'sv-moving', channelId: 'sv-d' })).toEqual(['sv-2'])
      await db().deleteMessages(['sv-2'])
      expect(await ask()).toEqual(['sv-1'])
      await db().deleteEmbeddings({ ownerType: 'message', ownerIds: ['sv-1'] })
      expect(await ask()).toEqual([])
    })

    it('refuses a vector of another dimension, and parameters that exclude each other', async () => {
      await expectError(search({ vector: [1, 0, 0] }), 'DIMENSION_MISMATCH', { expected: 2, received: 3 })
      await expectError(search({ channelId: 'sv-a', channelIds: ['sv-a'] }), 'INVALID_ARGUMENT', {
        field: 'channelIds',
      })
      await expectError(search({ owner: 'segment', userId: 'sv-ada' }), 'INVALID_ARGUMENT', {
        field: 'userId',
      })
      await expectError(search({ limit: 0 }), 'INVALID_ARGUMENT', { field: 'limit' })
      await expectError(search({ vector: [Number.NaN, 0] }), 'INVALID_ARGUMENT', { field: 'vector' })
    })

    it('ends a list that is long', async () => {
      const content = 'long '.repeat(600_000)
      for (const id of ['sv-l1', 'sv-l2', 'sv-l3', 'sv-l4']) {
        await db().storeMessage(message(id, { channelId: 'sv-long', content }))
        await db().storeEmbeddings([{ ownerType: 'message', ownerId: id, model: 'sv-long', vector: [1] }])
      }
      const found = await db().searchByVector({ model: 'sv-long', vector: [1], owner: 'message' })
      expect(found.map(({ messageId }) => messageId)).toEqual(['sv-l4', 'sv-l3', 'sv-l2'])
      expect(found[0]?.content).toBe(content)
    })

    it('is an operation of batches and transactions, too', async () => {
      const params = { model, vector: [1, 0], owner: 'message' as const, limit: 1 }
      const expected = [{ messageId: 'sv-east', score: 1 }]
      const [first] = await db().batch([{ name: 'searchByVector', params }])
      expect(first).toMatchObject(expected)
      expect(await db().transaction((transaction) => transaction.searchByVector(params))).toMatchObject(
        expected,
      )
    })
  },
}
