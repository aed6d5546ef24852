import type { BatchedOperation } from 'convodb'
import { describe, expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'

/** Wrong on purpose, so behind the compiler's back. */
const wrong = (value: unknown) => JSON.parse(JSON.stringify(value))

const store = (messageId: string, channelId: string) =>
  ({ name: 'storeMessage', params: message(messageId, { channelId }) }) as const

/** `batch`: several operations as one call, all or none. */
export function describeBatches(db: GetDatabase): void {
  describe('batch', () => {
    it('does all, in order, and gives each result as the call by itself would', async () => {
      const [stored, channel, counts, page, none] = await db().batch([
        store('ba-1', 'ba'),
        { name: 'upsertChannel', params: { channelId: 'ba', name: 'tea' } },
        { name: 'addMessages', params: { messages: [message('ba-2', { channelId: 'ba', timestamp: 5 })] } },
        { name: 'getMessages', params: { channelId: 'ba', order: 'asc' } },
        { name: 'getUser', params: { userId: 'nobody' } },
      ])
      expect(stored).toEqual({ messageId: 'ba-1', outcome: 'inserted' })
      expect(channel).toMatchObject({ name: 'tea', messageCount: 1 })
      expect(counts).toEqual({ inserted: 1, updated: 0, ignored: 0 })
      expect(page.items.map(({ messageId }) => messageId)).toEqual(['ba-2', 'ba-1'])
      expect(page.items[0]?.timestamp).toEqual(new Date(5))
      expect(none).toBeUndefined()
      expect(await db().getMessages({ channelId: 'ba', order: 'asc' })).toEqual(page)
    })

    it('does nothing where one fails, and says which', async () => {
      await db().storeMessage(message('bn-0', { channelId: 'bn' }))
      const neighbours = [store('bn-8', 'bn-other'), store('bn-9', 'bn-other')].map(({ params }) =>
        db().storeMessage(params),
      )
      const failing = db().batch([
        store('bn-1', 'bn-new'),
        { name: 'deleteMessages', params: { messageIds: ['bn-0'] } },
        { name: 'updateMessage', params: { messageId: 'bn-none', content: 'x' } },
        store('bn-2', 'bn-new'),
      ])
      await expectError(failing, 'NOT_FOUND', { index: 2, operation: 'updateMessage', messageId: 'bn-none' })
      await expect(failing).rejects.toThrow('operations[2] (updateMessage): ')
      await Promise.all(neighbours)
      expect(await db().countMessages({ channelId: 'bn' })).toBe(1)
      expect(await db().getChannel('bn-new')).toBeUndefined()
      expect(await db().countMessages({ channelId: 'bn-other' })).toBe(2)
    })

    it('checks every operation before it does any, and names the field', async () => {
      const call = db().batch([
        store('bc-1', 'bc'),
        wrong({ name: 'storeMessage', params: { messageId: 'x', surprise: 1 } }),
      ])
      await expectError(call, 'INVALID_ARGUMENT', { index: 1, field: 'operations[1].params.surprise' })
      const params = { ...store('bc-2', 'bc').params, metadata: { a: Number.NaN } }
      await expectError(
        db().batch([store('bc-1', 'bc'), { name: 'storeMessage', params }]),
        'INVALID_ARGUMENT',
        { index: 1, operation: 'storeMessage', field: 'operations[1].params.metadata' },
      )
      expect(await db().getChannel('bc')).toBeUndefined()
    })

    it.each([
      ['no list', { name: 'getUser' }, 'operations'],
      ['no object', [5], 'operations[0]'],
      ['a list', [['getUser']], 'operations[0]'],
      ['a hole', [null], 'operations[0]'],
      [
        'an unknown field',
        [{ name: 'getUser', params: { userId: 'u' }, lane: 'read' }],
        'operations[0].lane',
      ],
      ['an unknown operation', [{ name: 'constructor', params: {} }], 'operations[0].name'],
      ['an operation outside transactions', [{ name: 'checkpoint', params: {} }], 'operations[0].name'],
      ['no parameters', [{ name: 'getUser' }], /^operations\[0\]\.params/],
      ['too many', Array.from({ length: 1_001 }, () => store('bt', 'bt')), 'operations'],
    ])('refuses %s', async (_what, operations, field) => {
      const expected = typeof field === 'string' ? field : expect.stringMatching(field)
      await expectError(db().batch(wrong(operations)), 'INVALID_ARGUMENT', { field: expected })
    })

    it('of nothing gives nothing', async () => {
      expect(await db().batch([])).toEqual([])
    })

    it('of a thousand is one', async () => {
      const operations = Array.from({ length: 1_000 }, (_, n) => store(`bk-${n}`, 'bk'))
      expect(await db().batch(operations)).toHaveLength(1_000)
      expect(await db().getChannel('bk')).toMatchObject({ messageCount: 1_000 })
    })

    it('takes and gives what is too large for one message', async () => {
      const content = 'long '.repeat(200_000)
      const long: BatchedOperation[] = Array.from({ length: 4 }, (_, n) => ({
        name: 'storeMessage',
        params: message(`bl-${n}`, { channelId: 'bl', content }),
      }))
      const results: readonly unknown[] = await db().batch([
        ...long,
        { name: 'getMessages', params: { channelId: 'bl' } },
      ])
      expect(results.at(-1)).toMatchObject({ items: [{ content }, { content }, { content }, { content }] })
    })

    it('those that change the same thing at once come one after the other', async () => {
      const visit = { name: 'updateProfile', params: { userId: 'bp', profile: { last: 1 } } } as const
      await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          db().batch([
            visit,
            { name: 'updateProfile', params: { userId: 'bp', profile: { [`n${n}`]: true } } },
          ]),
        ),
      )
      expect(Object.keys((await db().getProfile('bp'))?.profile ?? {})).toHaveLength(21)
    })

    it('gives up when its signal was aborted before the call', () =>
      expectError(db().batch([store('bs-1', 'bs')], { signal: AbortSignal.abort() }), 'ABORTED'))
  })
}
