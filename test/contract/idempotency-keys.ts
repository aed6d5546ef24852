import type { BatchedOperation, RequestOptions } from 'convodb'
import { describe, expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'

/** Wrong on purpose, so behind the compiler's back. */
const wrong = (value: unknown) => JSON.parse(JSON.stringify(value))

const store = (messageId: string, channelId: string): BatchedOperation => ({
  name: 'storeMessage',
  params: { ...message(messageId, { channelId }), onConflict: 'error' },
})
const add = (messageId: string, channelId: string): BatchedOperation => ({
  name: 'addMessages',
  params: { messages: [message(messageId, { channelId })] },
})

/** What a repeated request must give again. `idempotencyKey`s are their tests' own. */
export function describeIdempotencyKeys(db: GetDatabase): void {
  // Of operations of any kinds, whose results the compiler can not tell apart.
  const each = (
    operations: readonly BatchedOperation[],
    idempotencyKey: string,
  ): Promise<readonly unknown[]> => db().executeEach(operations, { idempotencyKey })
  const batch = (
    operations: readonly BatchedOperation[],
    idempotencyKey: string,
  ): Promise<readonly unknown[]> => db().batch(operations, { idempotencyKey })

  describe('a request with an idempotency key', () => {
    it('gives the same outcomes again, and changes nothing', async () => {
      await db().storeMessage(message('ia-0', { channelId: 'ia' }))
      const operations: BatchedOperation[] = [
        store('ia-1', 'ia'),
        store('ia-0', 'ia'),
        add('ia-2', 'ia'),
        { name: 'updateMessage', params: { messageId: 'ia-1', content: 'changed' } },
        { name: 'recordActivity', params: { userId: 'ia-ada', timestamp: 5 } },
        { name: 'updateProfile', params: { userId: 'ia-ada', profile: { likes: 'tea' } } },
        {
          name: 'createConversationSegment',
          params: { segmentId: 'ia-s', channelId: 'ia', startTime: 0, endTime: 1, vector: [0.5, -1] },
        },
        { name: 'getConversationSegment', params: { segmentId: 'ia-s' } },
        { name: 'getMessages', params: { channelId: 'ia' } },
        { name: 'getUser', params: { userId: 'nobody' } },
      ]
      const first = await each(operations, 'ia')
      await db().updateProfile({ userId: 'ia-ada', profile: { likes: 'milk' } })
      expect(await each(operations, 'ia')).toEqual(first)
      expect(first).toMatchObject([
        { value: { outcome: 'inserted' } },
        { ok: false, error: { code: 'ALREADY_EXISTS', details: { index: 1, messageId: 'ia-0' } } },
        { value: { inserted: 1 } },
        ...operations.slice(3).map(() => ({ ok: true })),
      ])
      expect(await db().getChannel('ia')).toMatchObject({ messageCount: 3 })
      expect(await db().getProfile('ia-ada')).toMatchObject({ profile: { likes: 'milk' } })
    })

    it('of many stored messages is one word, which says as much', async () => {
      const operations = Array.from({ length: 500 }, (_, n) => store(`im-${n}`, 'im'))
      const first = await each(operations, 'im')
      expect(first).toHaveLength(500)
      expect(await each(operations, 'im')).toEqual(first)
      expect(first[499]).toEqual({ ok: true, value: { messageId: 'im-499', outcome: 'inserted' } })
    })

    it('that is all or none gives its results again', async () => {
      const operations = [store('ib-1', 'ib'), add('ib-2', 'ib'), store('ib-3', 'ib')]
      const first = await batch(operations, 'ib')
      expect(first).toEqual([
        { messageId: 'ib-1', outcome: 'inserted' },
        { inserted: 1, updated: 0, ignored: 0 },
        { messageId: 'ib-3', outcome: 'inserted' },
      ])
      expect(await batch(operations, 'ib')).toEqual(first)
    })

    it('stays failed, whatever has changed since', async () => {
      const update: BatchedOperation = { name: 'updateMessage', params: { messageId: 'if-1', content: 'x' } }
      const details = { index: 0, operation: 'updateMessage', messageId: 'if-1' }
      await expectError(batch([update], 'if batch'), 'NOT_FOUND', details)
      expect(await each([update], 'if')).toMatchObject([{ ok: false, error: { code: 'NOT_FOUND', details } }])
      await db().storeMessage(message('if-1', { content: 'as it was' }))
      await expectError(batch([update], 'if batch'), 'NOT_FOUND', details)
      expect(await each([update], 'if')).toMatchObject([{ ok: false, error: { code: 'NOT_FOUND', details } }])
      expect(await db().getMessagesByIds(['if-1'])).toMatchObject([{ content: 'as it was' }])
      expect(await each([update], 'if again')).toMatchObject([{ ok: true }])
    })

    it('is refused where the key is another request’s, and nothing is done', async () => {
      await each([store('ir-1', 'ir')], 'ir')
      const others: readonly (readonly BatchedOperation[])[] = [
        [store('ir-2', 'ir')],
        [store('ir-1', 'ir'), store('ir-2', 'ir')],
        [{ name: 'storeMessage', params: message('ir-1', { channelId: 'ir', content: 'other' }) }],
        [
          {
            name: 'storeMessage',
            params: { ...message('ir-1', { channelId: 'ir', metadata: {} }), onConflict: 'error' },
          },
        ],
        [],
      ]
      for (const operations of others) await expectError(each(operations, 'ir'), 'IDEMPOTENCY_KEY_REUSED')
      await expectError(batch([store('ir-1', 'ir')], 'ir'), 'IDEMPOTENCY_KEY_REUSED')
      await each([add('ir-3', 'ir-other')], 'ir other')
      await expectError(batch([add('ir-3', 'ir-other')], 'ir other'), 'IDEMPOTENCY_KEY_REUSED')
      expect(await db().getChannel('ir')).toMatchObject({ messageCount: 1 })
      expect(await each([store('ir-1', 'ir')], 'ir')).toMatchObject([{ value: { outcome: 'inserted' } }])
    })

    it('is the same in whichever form its values come', async () => {
      const content = 'just a few letters, all of them Latin'
      const wide = `${content}€`.slice(0, content.length)
      const stored = { ...message('iv-1', { channelId: 'iv', timestamp: 7 }), onConflict: 'error' as const }
      const first = await each([{ name: 'storeMessage', params: { ...stored, content } }], 'iv')
      const again = { ...stored, content: wide, timestamp: new Date(7), replyToMessageId: undefined }
      expect(await each([{ name: 'storeMessage', params: again }], 'iv')).toEqual(first)
      const vectors = [[1, 2], Float32Array.of(1, 2)]
      for (const vector of vectors) {
        const embedding = { ownerType: 'message', ownerId: 'iv-1', model: 'iv', vector } as const
        const operation = { name: 'storeEmbeddings', params: { embeddings: [embedding] } } as const
        expect(await each([operation], 'iv vector')).toMatchObject([{ ok: true }])
      }
    })

    it('made many times at the same moment is done once', async () => {
      const operations = [store('is-1', 'is'), add('is-2', 'is')]
      const answers = await Promise.all(Array.from({ length: 50 }, () => each(operations, 'is')))
      for (const answer of answers) {
        expect(answer).toEqual([
          { ok: true, value: { messageId: 'is-1', outcome: 'inserted' } },
          { ok: true, value: { inserted: 1, updated: 0, ignored: 0 } },
        ])
      }
    })

    it('refuses again what it refused, in its place; what is corrected is another request', async () => {
      const refused: BatchedOperation = wrong({ name: 'getUser', params: { userId: 5 } })
      const first = await each([refused, store('ix-1', 'ix')], 'ix')
      expect(first).toMatchObject([{ error: { code: 'INVALID_ARGUMENT' } }, { ok: true }])
      expect(await each([refused, store('ix-1', 'ix')], 'ix')).toEqual(first)
      const corrected = { name: 'getUser', params: { userId: '5' } } as const
      await expectError(each([corrected, store('ix-1', 'ix')], 'ix'), 'IDEMPOTENCY_KEY_REUSED')
    })

    it('that was large is told from another, and its stored messages are known again', async () => {
      const content = 'long '.repeat(200_000)
      const operation = (text: string): BatchedOperation => ({
        name: 'storeMessage',
        params: { ...message('il-1', { content: text }), onConflict: 'error' },
      })
      const first = await each([operation(content)], 'il')
      expect(await each([operation(content)], 'il')).toEqual(first)
      await expectError(each([operation(`${content}!`)], 'il'), 'IDEMPOTENCY_KEY_REUSED')
      const many = Array.from({ length: 2_000 }, (_, n) => message(`il-${n}`, { content: 'x'.repeat(300) }))
      const addMany: BatchedOperation = { name: 'addMessages', params: { messages: many } }
      const counts = await batch([addMany], 'il many')
      expect(await batch([addMany], 'il many')).toEqual(counts)
    })

    it.each([
      ['longer than 64 KiB', 'x'.repeat(70_000)],
      ['packed', 'x'.repeat(600_000)],
    ])('does not keep an answer that is %s, and says so', async (what, content) => {
      await db().storeMessage(message(`in-${what}`, { channelId: 'in' }))
      const operations: BatchedOperation[] = [
        store(`in-${what}-2`, 'in'),
        { name: 'updateMessage', params: { messageId: `in-${what}`, content } },
      ]
      expect(await each(operations, what)).toMatchObject([{ ok: true }, { ok: true, value: { content } }])
      const details = { index: 1, operation: 'updateMessage' }
      expect(await each(operations, what)).toMatchObject([
        { ok: true, value: { outcome: 'inserted' } },
        { ok: false, error: { code: 'ANSWER_NOT_KEPT', retryable: false, httpStatus: 409, details } },
      ])
      const updates = operations.slice(1)
      await batch([...updates, ...updates], `${what} batch`)
      await expectError(batch([...updates, ...updates], `${what} batch`), 'ANSWER_NOT_KEPT', {
        index: 0,
        operation: 'updateMessage',
      })
    })

    it('forgets its texts when something is deleted, and nothing else', async () => {
      await db().storeMessage(message('id-0', { channelId: 'id', userId: 'id-ada' }))
      const operations: BatchedOperation[] = [
        store('id-1', 'id'),
        store('id-0', 'id'),
        add('id-2', 'id'),
        { name: 'updateMessage', params: { messageId: 'id-0', content: 'words' } },
        { name: 'getUser', params: { userId: 'nobody' } },
      ]
      const forgettings = [
        () => db().forgetUser('id-nobody'),
        () => db().deleteMessages(['id-0']),
        () => db().deleteUser('id-ada'),
      ]
      const first = await each(operations, 'id')
      for (const [n, forget] of forgettings.entries()) {
        await each([{ name: 'upsertUser', params: { userId: 'id-ada' } }], `id ${n}`)
        await forget()
        expect(await each([{ name: 'upsertUser', params: { userId: 'id-ada' } }], `id ${n}`)).toMatchObject([
          { ok: false, error: { code: 'ANSWER_NOT_KEPT' } },
        ])
      }
      expect(await each(operations, 'id')).toMatchObject([
        first[0],
        { ok: false, error: { code: 'ALREADY_EXISTS', details: { index: 1 } } },
        first[2],
        { ok: false, error: { code: 'ANSWER_NOT_KEPT', details: { index: 3 } } },
        first[4],
      ])
    })

    it('keeps no text where it deletes something itself', async () => {
      await db().storeMessage(message('ie-0'))
      const operations: BatchedOperation[] = [
        { name: 'updateMessage', params: { messageId: 'ie-0', content: 'words' } },
        { name: 'deleteMessages', params: { messageIds: ['ie-0'] } },
      ]
      expect(await each(operations, 'ie')).toMatchObject([{ ok: true }, { ok: true, value: 1 }])
      expect(await each(operations, 'ie')).toMatchObject([
        { ok: false, error: { code: 'ANSWER_NOT_KEPT' } },
        { ok: true, value: 1 },
      ])
    })

    it('is done as often as it is made where it has no key', async () => {
      const operations = [add('iw-1', 'iw')]
      const counts: unknown[] = []
      for (const options of [undefined, {}, { idempotencyKey: undefined }]) {
        counts.push(await db().executeEach(operations, options))
      }
      expect(counts).toMatchObject([
        [{ value: { inserted: 1 } }],
        [{ value: { updated: 1 } }],
        [{ ok: true }],
      ])
    })

    it.each(['', 'k'.repeat(256), '\ud800', 5, null, {}])('takes no key like %j', async (idempotencyKey) => {
      // JSON has no lone surrogates.
      const options: RequestOptions =
        idempotencyKey === '\ud800' ? { idempotencyKey } : wrong({ idempotencyKey })
      const field = { field: 'idempotencyKey' }
      await expectError(db().executeEach([store('iy', 'iy')], options), 'INVALID_ARGUMENT', field)
      await expectError(db().batch([store('iy', 'iy')], options), 'INVALID_ARGUMENT', field)
      expect(await db().getChannel('iy')).toBeUndefined()
    })

    it('takes keys of 1 and of 255 characters, and no unknown option beside them', async () => {
      for (const key of ['k', 'ключ'.padEnd(255, '鍵')]) {
        await each([add('iz-1', 'iz')], key)
        expect(await each([add('iz-1', 'iz')], key)).toHaveLength(1)
      }
      const call = db().executeEach([], wrong({ idempotencyKey: 'k', key: 1 }))
      await expectError(call, 'INVALID_ARGUMENT', { field: 'key' })
    })
  })
}
