import { beforeAll, expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'

const onMessage = (ownerId: string, vector: number[], model = 'mini') => ({
  ownerType: 'message' as const,
  ownerId,
  model,
  vector,
})

export const embeddingCases = {
  storeEmbeddings(db: GetDatabase) {
    beforeAll(() => db().addMessages(['se-1', 'se-2'].map((id) => message(id))))

    it('keeps float32 values exactly, for messages and segments', async () => {
      await db().createConversationSegment({
        segmentId: 'se-s',
        channelId: 'se',
        startTime: 0,
        endTime: 1,
      })
      const vector = new Float32Array([0.1, -0, 3.4028234663852886e38, 1.401298464324817e-45])
      const stored = await db().storeEmbeddings([
        { ownerType: 'message', ownerId: 'se-1', model: 'se-exact', vector },
        { ownerType: 'segment', ownerId: 'se-s', model: 'se-exact', vector },
      ])
      expect(stored).toBe(2)
      for (const [ownerType, ownerId] of [
        ['message', 'se-1'],
        ['segment', 'se-s'],
      ] as const) {
        const [embedding] = await db().getEmbeddings({ ownerType, ownerIds: [ownerId], model: 'se-exact' })
        expect(embedding).toMatchObject({ ownerType, ownerId, model: 'se-exact', dimension: 4 })
        expect(embedding?.vector).toEqual(vector)
        expect(embedding?.createdAt).toBeInstanceOf(Date)
      }
    })

    it('stops at the first that can not be stored, whatever each is of', async () => {
      const of = (ownerType: 'message' | 'segment', ownerId: string, vector = [1]) =>
        ({ ownerType, ownerId, model: 'se-first', vector }) as const
      const storing = db().storeEmbeddings([of('segment', 'se-none'), of('message', 'se-none')])
      await expectError(storing, 'NOT_FOUND', { segmentId: 'se-none' })
      const segment = { segmentId: 'se-f', channelId: 'se', startTime: 0, endTime: 1 }
      await db().createConversationSegment(segment)
      const others = db().storeEmbeddings([of('segment', 'se-f', [1, 2]), of('message', 'se-1')])
      await expectError(others, 'DIMENSION_MISMATCH', { expected: 2, received: 1 })
    })

    it('takes numbers and base64 as the same vector', async () => {
      const vector = new Float32Array([1, 2, -0])
      const base64 = Buffer.from(vector.buffer).toString('base64')
      await db().storeEmbeddings({
        embeddings: [
          { ...onMessage('se-1', [1, 2, -0], 'se-forms') },
          { ...onMessage('se-2', [], 'se-forms'), vector: base64 },
        ],
      })
      const found = await db().getEmbeddings({
        ownerType: 'message',
        ownerIds: ['se-1', 'se-2'],
        model: 'se-forms',
      })
      expect(found.map((embedding) => embedding.vector)).toEqual([vector, vector])
    })

    it('replaces an owner’s embedding of the same model', async () => {
      await db().storeEmbeddings([onMessage('se-1', [1], 'se-again')])
      await db().storeEmbeddings([onMessage('se-1', [2], 'se-again')])
      const found = await db().getEmbeddings({ ownerType: 'message', ownerIds: ['se-1'], model: 'se-again' })
      expect(found.map((embedding) => [...embedding.vector])).toEqual([[2]])
    })

    it('refuses a second dimension of one model, and stores none of the call', async () => {
      await db().storeEmbeddings([onMessage('se-1', [1, 2, 3], 'se-dim')])
      const mixed = [onMessage('se-2', [1, 2, 3], 'se-dim'), onMessage('se-1', [1, 2], 'se-dim')]
      await expectError(db().storeEmbeddings(mixed), 'DIMENSION_MISMATCH', { expected: 3, received: 2 })
      expect(await db().getEmbeddings({ ownerType: 'message', ownerIds: ['se-2'], model: 'se-dim' })).toEqual(
        [],
      )
    })

    it('refuses an unknown owner, and vectors that are empty, not finite or no numbers', async () => {
      await expectError(db().storeEmbeddings([onMessage('se-none', [1])]), 'NOT_FOUND')
      for (const vector of [[], [Number.NaN], [Infinity], [1e39], 'not base64!', 'AAA=']) {
        await expectError(db().storeEmbeddings([{ ...onMessage('se-1', []), vector }]), 'INVALID_ARGUMENT', {
          field: 'embeddings[0].vector',
        })
      }
    })
  },

  getEmbeddings(db: GetDatabase) {
    it('follows the order of the owners, gives all models unless one is named', async () => {
      await db().addMessages(['ge-1', 'ge-2'].map((id) => message(id)))
      await db().storeEmbeddings([
        onMessage('ge-1', [1], 'ge-a'),
        onMessage('ge-1', [1], 'ge-b'),
        onMessage('ge-2', [1], 'ge-b'),
      ])
      const ownerIds = ['ge-2', 'ge-none', 'ge-1']
      const all = await db().getEmbeddings({ ownerType: 'message', ownerIds })
      expect(all.map(({ ownerId, model }) => `${ownerId} ${model}`)).toEqual([
        'ge-2 ge-b',
        'ge-1 ge-a',
        'ge-1 ge-b',
      ])
      const one = await db().getEmbeddings({ ownerType: 'message', ownerIds, model: 'ge-a' })
      expect(one.map(({ ownerId }) => ownerId)).toEqual(['ge-1'])
      expect(await db().getEmbeddings({ ownerType: 'segment', ownerIds })).toEqual([])
    })
  },

  deleteEmbeddings(db: GetDatabase) {
    it('deletes one model’s or all, and tells how many', async () => {
      await db().addMessages(['de-1', 'de-2'].map((id) => message(id)))
      await db().storeEmbeddings(
        ['de-1', 'de-2'].flatMap((id) => [onMessage(id, [1], 'de-a'), onMessage(id, [1], 'de-b')]),
      )
      const owners = { ownerType: 'message' as const, ownerIds: ['de-1', 'de-none', 'de-2'] }
      expect(await db().deleteEmbeddings({ ...owners, model: 'de-a' })).toBe(2)
      expect(await db().deleteEmbeddings({ ...owners, model: 'de-unknown' })).toBe(0)
      expect(await db().deleteEmbeddings({ ...owners, ownerIds: ['de-1'] })).toBe(1)
      expect(await db().getEmbeddings(owners)).toMatchObject([{ ownerId: 'de-2', model: 'de-b' }])
    })
  },
}
