import type { BatchedOperation } from 'convodb'
import { describe, expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'

/** Wrong on purpose, so behind the compiler's back. */
const wrong = (value: unknown) => JSON.parse(JSON.stringify(value))

const store = (messageId: string, channelId: string) =>
  ({ name: 'storeMessage', params: { ...message(messageId, { channelId }), onConflict: 'error' } }) as const

/** `executeEach`: several operations in one call, each of which stands or fails alone. */
export function describeExecuteEach(db: GetDatabase): void {
  describe('executeEach', () => {
    it('does each, in order, and gives each outcome as the call by itself would', async () => {
      const [stored, channel, counts, page, none] = await db().executeEach([
        store('ea-1', 'ea'),
        { name: 'upsertChannel', params: { channelId: 'ea', name: 'tea' } },
        { name: 'addMessages', params: { messages: [message('ea-2', { channelId: 'ea', timestamp: 5 })] } },
        { name: 'getMessages', params: { channelId: 'ea', order: 'asc' } },
        { name: 'getUser', params: { userId: 'nobody' } },
      ])
      expect(stored).toEqual({ ok: true, value: { messageId: 'ea-1', outcome: 'inserted' } })
      expect(channel).toMatchObject({ ok: true, value: { name: 'tea', messageCount: 1 } })
      expect(counts).toEqual({ ok: true, value: { inserted: 1, updated: 0, ignored: 0 } })
      const found = await db().getMessages({ channelId: 'ea', order: 'asc' })
      expect(found.items.map(({ messageId }) => messageId)).toEqual(['ea-2', 'ea-1'])
      expect(page).toEqual({ ok: true, value: found })
      expect(none).toEqual({ ok: true, value: undefined })
    })

    it('lets each fail alone, says which and why, and its neighbours stand', async () => {
      await db().storeMessage(message('ef-0', { channelId: 'ef' }))
      const neighbours = [store('ef-8', 'ef-other'), store('ef-9', 'ef-other')]
      const others = neighbours.map(({ params }) => db().storeMessage(params))
      const outcomes = await db().executeEach([
        store('ef-1', 'ef'),
        store('ef-0', 'ef'),
        { name: 'updateMessage', params: { messageId: 'ef-none', content: 'x' } },
        store('ef-2', 'ef'),
        { name: 'deleteMessages', params: { messageIds: ['ef-0'] } },
      ])
      await Promise.all(others)
      expect(outcomes).toMatchObject([
        { ok: true, value: { messageId: 'ef-1', outcome: 'inserted' } },
        {
          ok: false,
          error: {
            name: 'ConvoDbError',
            code: 'ALREADY_EXISTS',
            operation: 'storeMessage',
            details: { index: 1, operation: 'storeMessage', messageId: 'ef-0' },
          },
        },
        { ok: false, error: { code: 'NOT_FOUND', details: { index: 2, operation: 'updateMessage' } } },
        { ok: true, value: { messageId: 'ef-2', outcome: 'inserted' } },
        { ok: true, value: 1 },
      ])
      expect(await db().getChannel('ef')).toMatchObject({ messageCount: 2 })
      expect(await db().getChannel('ef-other')).toMatchObject({ messageCount: 2 })
    })

    it('leaves nothing of one that failed half-way', async () => {
      const messages = [message('eh-1', { channelId: 'eh' }), message('eh-1', { channelId: 'eh' })]
      const [added, count] = await db().executeEach([
        { name: 'addMessages', params: { messages, onConflict: 'error' } },
        { name: 'countMessages', params: { channelId: 'eh' } },
      ])
      expect(added).toMatchObject({ ok: false, error: { code: 'ALREADY_EXISTS' } })
      expect(count).toEqual({ ok: true, value: 0 })
      expect(await db().getChannel('eh')).toBeUndefined()
    })

    it.each([
      ['an unknown field', { name: 'getUser', params: { userId: 'u', age: 1 } }, 'params.age'],
      ['an unknown operation', { name: 'constructor', params: {} }, 'name'],
      ['an operation outside transactions', { name: 'checkpoint', params: {} }, 'name'],
      ['no parameters', { name: 'getUser' }, 'params'],
    ])('refuses one with %s in its place, and the others run', async (what, operation, field) => {
      const [refused, stored] = await db().executeEach([wrong(operation), store(`er-${what}`, 'er')])
      const details = { index: 0, operation: operation.name, field: `operations[0].${field}` }
      expect(refused).toMatchObject({ ok: false, error: { code: 'INVALID_ARGUMENT', details } })
      expect(stored).toMatchObject({ ok: true, value: { outcome: 'inserted' } })
    })

    it('names the field of one that no JSON can carry', async () => {
      const params = { ...store('ej-1', 'ej').params, metadata: { a: Number.NaN } }
      const [refused] = await db().executeEach([{ name: 'storeMessage', params }])
      const details = { index: 0, operation: 'storeMessage', field: 'operations[0].params.metadata' }
      expect(refused).toMatchObject({
        ok: false,
        error: { code: 'INVALID_ARGUMENT', operation: 'executeEach', details },
      })
      expect(String(refused?.ok === false && refused.error.message)).toMatch('(metadata.a: NaN)')
    })

    it.each([
      ['no object', 5, 'operations[1]'],
      ['a list', ['getUser'], 'operations[1]'],
      ['a hole', null, 'operations[1]'],
      [
        'more than a name and parameters',
        { name: 'getUser', params: {}, lane: 'read' },
        'operations[1].lane',
      ],
    ])('refuses %s in its place, and the others run', async (what, operation, field) => {
      const [stored, refused] = await db().executeEach([store(`eo-${what}`, 'eo'), wrong(operation)])
      const details = { index: 1, field }
      expect(refused).toMatchObject({ ok: false, error: { code: 'INVALID_ARGUMENT', details } })
      expect(stored).toMatchObject({ ok: true, value: { outcome: 'inserted' } })
    })

    it('says of one without a name that it has none', async () => {
      const [refused] = await db().executeEach([wrong({ params: {} })])
      const details = { index: 0, operation: 'a undefined', field: 'operations[0].name' }
      expect(refused).toMatchObject({ ok: false, error: { code: 'INVALID_ARGUMENT', details } })
    })

    it('refuses one whose getter throws, and shows nobody what it threw', async () => {
      const hostile = {
        name: 'getUser' as const,
        get params(): { userId: string } {
          throw new Error('a secret')
        },
      }
      const [refused, stored] = await db().executeEach([hostile, store('eg-1', 'eg')])
      expect(refused).toMatchObject({ ok: false, error: { code: 'INVALID_ARGUMENT' } })
      expect(JSON.stringify(refused)).not.toContain('a secret')
      expect(stored).toMatchObject({ ok: true })
    })

    it.each([
      ['no list', { name: 'getUser' }],
      ['too many', Array.from({ length: 1_001 }, () => store('et', 'et'))],
    ])('refuses %s as a whole', (_what, operations) =>
      expectError(db().executeEach(wrong(operations)), 'INVALID_ARGUMENT', { field: 'operations' }),
    )

    it('of nothing gives nothing', async () => {
      expect(await db().executeEach([])).toEqual([])
    })

    it('of a thousand is one', async () => {
      const operations = Array.from({ length: 1_000 }, (_, n) => store(`ek-${n}`, 'ek'))
      const outcomes = await db().executeEach(operations)
      expect(outcomes).toEqual(
        operations.map(({ params: { messageId } }) => ({
          ok: true,
          value: { messageId, outcome: 'inserted' },
        })),
      )
      expect(await db().getChannel('ek')).toMatchObject({ messageCount: 1_000 })
    })

    it('takes and gives what is too large for one message', async () => {
      const content = 'long '.repeat(200_000)
      const operations: BatchedOperation[] = Array.from({ length: 4 }, (_, n) => ({
        name: 'storeMessage',
        params: message(`el-${n}`, { channelId: 'el', content }),
      }))
      operations.push({ name: 'getMessages', params: { channelId: 'el' } })
      const outcomes: readonly unknown[] = await db().executeEach(operations)
      expect(outcomes[2]).toEqual({ ok: true, value: { messageId: 'el-2', outcome: 'inserted' } })
      const items = [{ content }, { content }, { content }, { content }]
      expect(outcomes.at(-1)).toMatchObject({ ok: true, value: { items } })
    })

    it('those that change the same thing at once come one after the other', async () => {
      const visit = (n: number) =>
        ({ name: 'updateProfile', params: { userId: 'ep', profile: { [`n${n}`]: true } } }) as const
      await Promise.all(Array.from({ length: 20 }, (_, n) => db().executeEach([visit(n), visit(n + 20)])))
      expect(Object.keys((await db().getProfile('ep'))?.profile ?? {})).toHaveLength(40)
    })

    it('gives up when its signal was aborted before the call', () =>
      expectError(db().executeEach([store('es-1', 'es')], { signal: AbortSignal.abort() }), 'ABORTED'))

    it('is refused where it would wait for its own lease', () =>
      expectError(
        db().withConnection(() => db().executeEach([store('ew-1', 'ew')]), { mode: 'write' }),
        'CONFLICT',
      ))
  })
}
