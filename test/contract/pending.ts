import { describe, expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import { embedAll, pendingIds } from '../support/pending.js'
import type { GetDatabase } from './contract.js'

const idsOf = (items: readonly { readonly ownerId: string }[]): string[] =>
  items.map(({ ownerId }) => ownerId)
const vectorsOf = (model: string, ownerIds: readonly string[]) =>
  ownerIds.map((ownerId) => ({ ownerType: 'message' as const, ownerId, model, vector: [1] }))

export const pendingCases = {
  leaseEmbeddings(db: GetDatabase) {
    it('gives out what has no vector, in the order of storing, each to one', async () => {
      const asked = { model: 'le', owner: 'message' as const }
      await embedAll(db(), 'le', 'message')
      expect(await db().leaseEmbeddings(asked)).toEqual({
        leaseId: null,
        items: [],
        hasMore: false,
        retryInMs: null,
      })
      await db().addMessages(
        [3, 1, 2].map((n) => message(`le-${n}`, { channelId: 'le', timestamp: n, content: `${n}` })),
      )
      const first = await db().leaseEmbeddings({ ...asked, limit: 2 })
      expect(first.items).toEqual([
        { ownerId: 'le-3', channelId: 'le', timestamp: new Date(3), text: '3' },
        { ownerId: 'le-1', channelId: 'le', timestamp: new Date(1), text: '1' },
      ])
      const second = await db().leaseEmbeddings({ ...asked, limit: 2 })
      expect(idsOf(second.items)).toEqual(['le-2'])
      expect(second.leaseId).not.toBe(first.leaseId)
      const third = await db().leaseEmbeddings(asked)
      expect(third).toMatchObject({ leaseId: null, items: [], hasMore: false })
      expect(third.retryInMs).toBeGreaterThan(0)
      await db().storeEmbeddings(vectorsOf('le', ['le-1', 'le-2', 'le-3']))
      expect(await db().leaseEmbeddings(asked)).toMatchObject({ items: [], retryInMs: null })
    })

    it('gives what was not stored by the end of its lease to somebody else', async () => {
      await embedAll(db(), 'le-late', 'message')
      await db().storeMessage(message('le-late'))
      const asked = { model: 'le-late', owner: 'message' as const }
      const first = await db().leaseEmbeddings({ ...asked, leaseMs: 1 })
      expect(idsOf(first.items)).toEqual(['le-late'])
      await expect.poll(async () => idsOf((await db().leaseEmbeddings(asked)).items)).toEqual(['le-late'])
      // The first one comes too late.
      const embeddings = vectorsOf('le-late', ['le-late'])
      expect(await db().storeEmbeddings({ embeddings, leaseId: first.leaseId ?? '' })).toBe(0)
      expect(await db().embeddingProgress(asked)).toMatchObject({ pending: 1, leased: 1 })
      expect(await db().storeEmbeddings({ embeddings, leaseId: 'none of ours' })).toBe(0)
    })

    it('gives a segment’s summary, or what its members say in their order', async () => {
      await embedAll(db(), 'le-segments', 'segment')
      await db().addMessages(['a', 'b'].map((id) => message(`le-s${id}`, { channelId: 'le-s', content: id })))
      const segment = { channelId: 'le-s', startTime: 0, endTime: 9 }
      await db().createSegmentWithMessages({ ...segment, segmentId: 'le-s1', messages: ['le-sb', 'le-sa'] })
      await db().createConversationSegment({ ...segment, segmentId: 'le-s2', summary: 'of letters' })
      await db().createConversationSegment({ ...segment, segmentId: 'le-s3' })
      const { items } = await db().leaseEmbeddings({ model: 'le-segments', owner: 'segment' })
      expect(items.map(({ ownerId, text }) => [ownerId, text])).toEqual([
        ['le-s1', 'b\na'],
        ['le-s2', 'of letters'],
        ['le-s3', ''],
      ])
    })

    it('bounds a batch in characters, and gives what is longer alone', async () => {
      await embedAll(db(), 'le-long', 'message')
      const lengths = [700_000, 300_000, 100_000, 1_100_000, 1]
      for (const [n, length] of lengths.entries()) {
        await db().storeMessage(
          message(`le-long-${n}`, { channelId: 'le-long', content: 'x'.repeat(length) }),
        )
      }
      const batches: string[][] = []
      for await (const { items, store } of leasedBatches(db, 'le-long')) {
        batches.push(idsOf(items).map((id) => id.replace('le-long-', '')))
        await store()
      }
      expect(batches).toEqual([['0', '1'], ['2'], ['3'], ['4']])
    })

    it('refuses what is out of range', async () => {
      const asked = { model: 'm', owner: 'message' as const }
      await expectError(db().leaseEmbeddings({ ...asked, limit: 0 }), 'INVALID_ARGUMENT', { field: 'limit' })
      await expectError(db().leaseEmbeddings({ ...asked, limit: 1_001 }), 'INVALID_ARGUMENT', {
        field: 'limit',
      })
      await expectError(db().leaseEmbeddings({ ...asked, leaseMs: 0 }), 'INVALID_ARGUMENT', {
        field: 'leaseMs',
      })
    })
  },

  releaseEmbeddings(db: GetDatabase) {
    it('gives back at once, for later, or not before the content changes', async () => {
      await embedAll(db(), 'rl', 'message')
      await db().addMessages([1, 2, 3].map((n) => message(`rl-${n}`, { channelId: 'rl' })))
      const asked = { model: 'rl', owner: 'message' as const }
      const { leaseId } = await db().leaseEmbeddings(asked)
      const release = (n: number, fields: object = {}) =>
        db().releaseEmbeddings({
          ...asked,
          leaseId: leaseId ?? '',
          ownerIds: [`rl-${n}`, 'rl-none'],
          ...fields,
        })
      expect(await release(1)).toBe(1)
      expect(await release(1)).toBe(0)
      expect(await release(2, { retryInMs: 3_600_000 })).toBe(1)
      expect(await release(3, { skip: true })).toBe(1)
      expect(await db().embeddingProgress(asked)).toMatchObject({ pending: 2, leased: 0, skipped: 1 })
      expect(idsOf((await db().leaseEmbeddings(asked)).items)).toEqual(['rl-1'])
      expect((await db().leaseEmbeddings(asked)).items).toEqual([])
      await db().updateMessage({ messageId: 'rl-3', content: 'changed' })
      expect((await db().leaseEmbeddings(asked)).items).toMatchObject([{ ownerId: 'rl-3', text: 'changed' }])
    })
  },

  embeddingProgress(db: GetDatabase) {
    it('counts what has a vector and what is to get one, also what changed since', async () => {
      const asked = { model: 'ep', owner: 'message' as const }
      const before = await db().embeddingProgress(asked)
      expect(before).toMatchObject({ embedded: 0, pending: before.total, leased: 0, skipped: 0 })
      await embedAll(db(), 'ep', 'message')
      expect(await db().embeddingProgress(asked)).toMatchObject({
        ...before,
        embedded: before.total,
        pending: 0,
      })
      await db().addMessages([1, 2].map((n) => message(`ep-${n}`, { channelId: 'ep' })))
      const total = before.total + 2
      expect(await db().embeddingProgress(asked)).toMatchObject({ total, embedded: before.total, pending: 2 })
      await db().leaseEmbeddings({ ...asked, limit: 1 })
      expect(await db().embeddingProgress(asked)).toMatchObject({ pending: 2, leased: 1 })
      await db().storeEmbeddings(vectorsOf('ep', ['ep-1', 'ep-2']))
      expect(await db().embeddingProgress(asked)).toMatchObject({ embedded: total, pending: 0, leased: 0 })
      await db().updateMessage({ messageId: 'ep-1', content: 'changed' })
      expect(await db().embeddingProgress(asked)).toMatchObject({ embedded: total, pending: 1, leased: 0 })
      await db().deleteMessages(['ep-1', 'ep-2'])
      expect(await db().embeddingProgress(asked)).toMatchObject({
        ...before,
        embedded: before.total,
        pending: 0,
      })
    })
  },
}

/** Batches one after another, as a client without iterators has them. */
async function* leasedBatches(db: GetDatabase, model: string) {
  for (;;) {
    const { leaseId, items } = await db().leaseEmbeddings({ model, owner: 'message' })
    if (leaseId === null) return
    const store = () => db().storeEmbeddings({ embeddings: vectorsOf(model, idsOf(items)), leaseId })
    yield { items, store }
  }
}

export function describePendingEmbeddings(db: GetDatabase): void {
  describe('pendingEmbeddings', () => {
    it('gives batches until everything has its vector, and then nothing', async () => {
      await embedAll(db(), 'pe', 'message')
      await db().addMessages(Array.from({ length: 5 }, (_, n) => message(`pe-${n}`, { channelId: 'pe' })))
      const sizes: number[] = []
      for await (const batch of db().pendingEmbeddings({ model: 'pe', owner: 'message', batchSize: 2 })) {
        sizes.push(batch.items.length)
        expect(await batch.store(batch.items.map((_, n) => [n]))).toBe(batch.items.length)
      }
      expect(sizes).toEqual([2, 2, 1])
      expect(await pendingIds(db(), 'pe')).toEqual([])
      const found = await db().getEmbeddings({
        ownerType: 'message',
        ownerIds: ['pe-0', 'pe-1'],
        model: 'pe',
      })
      expect(found.map(({ vector }) => [...vector])).toEqual([[0], [1]])
    })

    it('an edit makes pending again, also one that comes between leasing and storing', async () => {
      await embedAll(db(), 'pe-edit', 'message')
      await db().storeMessage(message('pe-edit', { content: 'one' }))
      const texts: string[] = []
      for await (const batch of db().pendingEmbeddings({ model: 'pe-edit', owner: 'message' })) {
        texts.push(...batch.items.map(({ text }) => text))
        if (texts.length === 1) await db().updateMessage({ messageId: 'pe-edit', content: 'two' })
        // The second is stored without its lease, which it ends, too.
        if (texts.length === 2) await db().updateMessage({ messageId: 'pe-edit', content: 'three' })
        if (texts.length === 2) await db().storeEmbeddings(vectorsOf('pe-edit', ['pe-edit']))
        else await batch.store([[1]])
      }
      expect(texts).toEqual(['one', 'two', 'three'])
      // What is written over by the same is no edit.
      await db().updateMessage({ messageId: 'pe-edit', content: 'three', metadata: { read: true } })
      expect(await pendingIds(db(), 'pe-edit')).toEqual([])
    })

    it('passes over what is deleted in between; what has lost its vector is pending again', async () => {
      await embedAll(db(), 'pe-gone', 'message')
      await db().addMessages([1, 2].map((n) => message(`pe-gone-${n}`)))
      for await (const batch of db().pendingEmbeddings({ model: 'pe-gone', owner: 'message' })) {
        await db().deleteMessages(['pe-gone-1'])
        expect(await batch.store([[1], [1]])).toBe(1)
      }
      await db().deleteEmbeddings({ ownerType: 'message', ownerIds: ['pe-gone-2'], model: 'pe-gone' })
      expect(await pendingIds(db(), 'pe-gone')).toEqual(['pe-gone-2'])
    })

    it('a segment is pending again when its summary or, without one, its members change', async () => {
      await embedAll(db(), 'pe-seg', 'segment')
      await db().addMessages(['a', 'b'].map((id) => message(`pe-seg-${id}`, { channelId: 'pe-seg' })))
      const segment = { segmentId: 'pe-seg', channelId: 'pe-seg', startTime: 0, endTime: 9 }
      await db().createSegmentWithMessages({ ...segment, messages: ['pe-seg-a'] })
      const pending = () => pendingIds(db(), 'pe-seg', 'segment')
      expect(await pending()).toEqual(['pe-seg'])
      await db().addMessageToSegment({ segmentId: 'pe-seg', messageId: 'pe-seg-b' })
      expect(await pending()).toEqual(['pe-seg'])
      await db().updateMessage({ messageId: 'pe-seg-a', content: 'changed' })
      expect(await pending()).toEqual(['pe-seg'])
      await db().deleteMessages(['pe-seg-b'])
      expect(await pending()).toEqual(['pe-seg'])
      await db().updateConversationSegment({ segmentId: 'pe-seg', summary: 'of letters' })
      expect(await pending()).toEqual(['pe-seg'])
      await db().updateMessage({ messageId: 'pe-seg-a', content: 'changed again' })
      await db().updateConversationSegment({ segmentId: 'pe-seg', endTime: 99 })
      expect(await pending()).toEqual([])
      await db().deleteConversationSegment('pe-seg')
      expect(await pending()).toEqual([])
    })

    it('null skips an item; a wrong list is refused, and what is left with the loop is given back', async () => {
      await embedAll(db(), 'pe-skip', 'message')
      await db().addMessages([1, 2].map((n) => message(`pe-skip-${n}`)))
      const asked = { model: 'pe-skip', owner: 'message' as const }
      for await (const batch of db().pendingEmbeddings(asked)) {
        await expectError(batch.store([[1]]), 'INVALID_ARGUMENT', { field: 'vectors' })
        await expectError(batch.store(JSON.parse('[[1],["x"]]')), 'INVALID_ARGUMENT')
        // What there is no vector for is not skipped: null says that.
        const withoutOne: Promise<number> = Reflect.apply(batch.store, batch, [[[1], undefined]])
        await expectError(withoutOne, 'INVALID_ARGUMENT', { field: 'vectors[1]' })
        break
      }
      expect(await db().embeddingProgress(asked)).toMatchObject({ leased: 0, pending: 2 })
      for await (const batch of db().pendingEmbeddings(asked)) await batch.store([null, [1]])
      expect(await db().embeddingProgress(asked)).toMatchObject({ pending: 0, skipped: 1 })
      for await (const _ of db().pendingEmbeddings(asked)) expect.unreachable()
    })

    it('waits for what others have, and takes it over when their lease ends', async () => {
      await embedAll(db(), 'pe-wait', 'message')
      await db().addMessages([1, 2].map((n) => message(`pe-wait-${n}`)))
      const asked = { model: 'pe-wait', owner: 'message' as const }
      await db().leaseEmbeddings({ ...asked, limit: 1, leaseMs: 300 })
      // On a busy machine the lease may have ended before the first look: then it is the first.
      expect((await pendingIds(db(), 'pe-wait')).toSorted()).toEqual(['pe-wait-1', 'pe-wait-2'])
    })

    it('with follow goes on with what comes, until its signal is aborted', async () => {
      await embedAll(db(), 'pe-follow', 'message')
      const controller = new AbortController()
      const asked = { model: 'pe-follow', owner: 'message' as const, follow: true }
      const batches = db().pendingEmbeddings(asked, { signal: controller.signal })
      const next = batches.next()
      await db().storeMessage(message('pe-follow-1'))
      const { value } = await next
      expect(idsOf(value?.items ?? [])).toEqual(['pe-follow-1'])
      await value?.store([[1]])
      const ended = expectError(batches.next(), 'ABORTED')
      controller.abort()
      await ended
      expect(await batches.next()).toEqual({ done: true, value: undefined })
    })

    it('refuses what it does not know, before anything is leased', async () => {
      const refused = (given: object, field: string) =>
        expectError(
          db()
            .pendingEmbeddings({ model: 'm', owner: 'message', ...given })
            .next(),
          'INVALID_ARGUMENT',
          { field },
        )
      await refused({ batchSize: 0 }, 'batchSize')
      await refused({ owner: 'user' }, 'owner')
      await refused({ model: '' }, 'model')
      await refused({ size: 3 }, 'size')
    })
  })
}
