import { runInNewContext } from 'node:vm'
import { toJsonForm } from 'convodb'
import { describe, expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'

const texts: { readonly [name: string]: string } = {
  empty: '',
  'white space': ' \t\r\n ',
  NUL: 'before\0after',
  'control characters': '\u0001\u001b[31m\u007f',
  emoji: '👩‍👩‍👧‍👦 🏴󠁧󠁢󠁳󠁣󠁴󠁿',
  'right to left': 'שלום مرحبا \u202e',
  'combining marks': 'e\u0301 is not é',
  'CJK beyond the basic plane': '𠮷野家',
  noncharacters: '\uFFFE\uFFFF\u{10FFFF}',
  'byte order mark': '\uFEFFtext',
  SQL: `'); DROP TABLE messages; --`,
  'one MiB': 'é😀'.repeat(1024 * 128).padEnd(1024 * 1024, 'x'),
}

/** Edge values: what goes in comes out, or is refused; never altered. */
export function describeValues(db: GetDatabase): void {
  it('of another realm, as a test runner has one, are taken: a Date, a vector, objects', async () => {
    const foreign = message('realm', {
      timestamp: runInNewContext('new Date(5)'),
      metadata: runInNewContext('({ a: [1] })'),
    })
    await db().storeMessage(foreign)
    const vector = runInNewContext('new Float32Array([1, 2])')
    await db().storeEmbeddings([{ ownerType: 'message', ownerId: 'realm', model: 'realm', vector }])
    expect(await db().getMessage('realm')).toMatchObject({ timestamp: new Date(5), metadata: { a: [1] } })
    const [embedding] = await db().getEmbeddings({ ownerType: 'message', ownerIds: ['realm'] })
    expect(embedding?.vector).toEqual(new Float32Array([1, 2]))
    for (const timestamp of [runInNewContext('new Date(NaN)'), { [Symbol.toStringTag]: 'Date' }]) {
      const invalid: Promise<unknown> = Reflect.apply(db().storeMessage, db(), [{ ...foreign, timestamp }])
      await expectError(invalid, 'INVALID_ARGUMENT', { field: 'timestamp' })
    }
  })

  describe('text', () => {
    it.each(Object.keys(texts))('comes back exactly as stored: %s', async (name) => {
      const content = texts[name] ?? ''
      await db().storeMessage(message(`text-${name}`, { channelId: 'text', content }))
      const [stored] = await db().getMessagesByIds([`text-${name}`])
      expect(stored?.content === content).toBe(true)
    })

    it.each(["it's", '"quoted"', 'a;b--c', '%_\\', 'NUL\0id', '😀', '../../etc', ' lead', '$1 ?1 :a'])(
      'serves as an id: %j',
      async (id) => {
        const channelId = `channel ${id}`
        await db().storeMessage(message(id, { channelId, userId: `user ${id}` }))
        const { items } = await db().getMessages({ channelId })
        expect(items).toMatchObject([{ messageId: id, channelId, userId: `user ${id}` }])
        expect(await db().getMessagesByIds([id])).toEqual(items)
        expect(await db().deleteMessages([id])).toBe(1)
      },
    )

    it('is refused where it holds a lone surrogate, which SQLite could not keep', async () => {
      for (const content of ['\ud800', 'a\udfffb', '\udc00\ud800']) {
        await expectError(db().storeMessage(message('lone', { content })), 'INVALID_ARGUMENT', {
          field: 'content',
        })
      }
      await expectError(db().storeMessage(message('\ud800')), 'INVALID_ARGUMENT', { field: 'messageId' })
      expect(await db().getMessagesByIds(['lone'])).toEqual([])
    })

    it('of an id is 1 to 1,024 characters', async () => {
      await expectError(db().storeMessage(message('')), 'INVALID_ARGUMENT', { field: 'messageId' })
      await expectError(db().storeMessage(message('x'.repeat(1025))), 'INVALID_ARGUMENT')
      expect(await db().storeMessage(message('x'.repeat(1024)))).toMatchObject({ outcome: 'inserted' })
    })
  })

  describe('times', () => {
    it.each([
      ['a Date before 1970', new Date('1969-07-20T20:17:40.123Z'), '1969-07-20T20:17:40.123Z'],
      ['the earliest Date', new Date(-8.64e15), '-271821-04-20T00:00:00.000Z'],
      ['the latest Date', new Date(8.64e15), '+275760-09-13T00:00:00.000Z'],
      ['epoch milliseconds', 0, '1970-01-01T00:00:00.000Z'],
      ['an offset', '2024-03-01T12:00:00+05:30', '2024-03-01T06:30:00.000Z'],
      ['microseconds, cut', '2024-03-01T12:00:00.123456Z', '2024-03-01T12:00:00.123Z'],
      ['no zone, which is UTC', '2024-03-01 12:00:00', '2024-03-01T12:00:00.000Z'],
      ['a date alone', '2024-03-01', '2024-03-01T00:00:00.000Z'],
      ['a leap day', '2024-02-29T12:00Z', '2024-02-29T12:00:00.000Z'],
      ['a leap day of a century', '2000-02-29', '2000-02-29T00:00:00.000Z'],
      ['the end of a day', '2024-02-29T24:00:00Z', '2024-03-01T00:00:00.000Z'],
      ['a year beyond four digits', '+012024-12-31', '+012024-12-31T00:00:00.000Z'],
      ['a year before the common era', '-000004-02-29', '-000004-02-29T00:00:00.000Z'],
    ])('accept %s', async (name, timestamp, iso) => {
      await db().storeMessage(message(`time-${name}`, { channelId: 'times', timestamp }))
      const [stored] = await db().getMessagesByIds([`time-${name}`])
      expect(stored?.timestamp.toISOString()).toBe(iso)
    })

    it('are found at both ends of time', async () => {
      const channelId = 'ends of time'
      await db().addMessages([
        message('end-1', { channelId, timestamp: -8.64e15 }),
        message('end-2', { channelId, timestamp: 8.64e15 }),
      ])
      expect((await db().getMessages({ channelId })).items).toHaveLength(2)
      expect(await db().countMessages({ channelId, after: 0 })).toBe(1)
    })

    it.each([
      new Date(Number.NaN),
      Number.NaN,
      Infinity,
      1.5,
      9e15,
      'yesterday',
      '2024',
      '2024-13-01',
      '2024-00-10',
      '2024-02-30',
      '2023-02-29',
      '1900-02-29T00:00:00Z',
      '2024-04-31T12:00:00+02:00',
      '2024-04-00',
      '2024-03-01T25:00',
      '2024-03-01T24:01:00Z',
      '2024-03-01T12:60',
      '2024-03-01T12:00:60Z',
      '2024-03-01T12:00:00+24:00',
      '2024-03-01T12:00:00+05:60',
      '-000000-01-01',
      '',
      '5',
    ])('refuse %s', (timestamp) =>
      expectError(db().storeMessage(message('time', { timestamp })), 'INVALID_ARGUMENT', {
        field: 'timestamp',
      }),
    )
  })

  describe('metadata', () => {
    it('comes back as it went in', async () => {
      const metadata = {
        'a"b': [1, 0.1, -0.5, 1e300, null, true, '\0', 'é😀'],
        deep: { x: { y: [] } },
        '': 1,
      }
      await db().storeMessage(message('meta', { metadata }))
      expect((await db().getMessagesByIds(['meta']))[0]?.metadata).toEqual(metadata)
    })

    it('is refused where JSON could not carry it', async () => {
      const cyclic: { self?: unknown } = {}
      cyclic.self = cyclic
      const deep = JSON.parse(`${'{"a":'.repeat(70)}1${'}'.repeat(70)}`)
      const refused: unknown[] = [
        cyclic,
        deep,
        { f: () => 1 },
        { n: Number.NaN },
        { d: new Date() },
        [1],
        'x',
        1n,
      ]
      for (const metadata of refused) {
        const params = { ...message('meta-bad'), metadata }
        await expectError(Reflect.apply(db().storeMessage, undefined, [params]), 'INVALID_ARGUMENT')
      }
    })
  })

  describe('JSON form', () => {
    it('of results carries ISO times and base64 vectors, and is accepted back as parameters', async () => {
      const segment = await db().createConversationSegment({
        segmentId: 'json',
        channelId: 'json',
        startTime: '1969-12-31T23:59:59.999Z',
        endTime: 0,
        vector: [1.5, -2],
        metadata: { a: 1 },
      })
      const json = JSON.parse(JSON.stringify(toJsonForm(segment)))
      expect(json).toMatchObject({ startTime: '1969-12-31T23:59:59.999Z', vector: 'AADAPwAAAMA=' })
      const { messageCount, ...params } = json
      expect(messageCount).toBe(0)
      await db().deleteConversationSegment('json')
      expect(await db().execute('createConversationSegment', params)).toEqual(segment)
    })
  })
}
