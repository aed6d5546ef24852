import type { NewMessage } from 'convodb'
import { describe, expect, it } from 'vitest'
import { expectError, message, temporaryDatabase } from '../support/databases.js'

/** Wrong on purpose, behind the compiler's back. */
const anyCall = (call: unknown, ...args: readonly unknown[]): Promise<unknown> =>
  Reflect.apply(Object(call), undefined, args)

/** An object each of whose fields counts how often it is read, in every object and list inside. */
function counted(value: unknown, reads: Map<string, number>, path = ''): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Float32Array) return value
  const copy: object = Array.isArray(value) ? [] : {}
  for (const [key, item] of Object.entries(value)) {
    const place = `${path}.${key}`
    const inner = counted(item, reads, place)
    const get = (): unknown => {
      reads.set(place, (reads.get(place) ?? 0) + 1)
      return inner
    }
    Object.defineProperty(copy, key, { enumerable: true, configurable: true, get })
  }
  return copy
}

/** Three of it, but for one place where there is nothing at all. */
function withHole(item: unknown, hole: number): unknown[] {
  const list = [item, item, item]
  Reflect.deleteProperty(list, hole)
  return list
}

const segment = { segmentId: 's', channelId: 'general', startTime: 0, endTime: 1 }
const embedding = { ownerType: 'message', ownerId: '1', model: 'm', vector: [1, 2] }
const calls: readonly (readonly [name: string, params: object])[] = [
  ['storeMessage', message('1', { metadata: { a: [1, { b: 2 }] }, editedAt: 5, replyToMessageId: '0' })],
  ['addMessages', { messages: [message('1', { metadata: { a: 1 } }), message('2')], onConflict: 'update' }],
  ['upsertChannel', { channelId: 'general', name: 'n', metadata: { a: { b: [1] } }, createdAt: 1 }],
  [
    'createSegmentWithMessages',
    { ...segment, vector: [1, 2], messages: ['1', { messageId: '2', position: 4 }] },
  ],
  ['storeEmbeddings', { embeddings: [embedding, embedding] }],
  ['upsertUser', { userId: 'ada', displayName: 'Ada', metadata: { a: 1 }, firstSeen: 1 }],
  ['updateProfile', { userId: 'ada', profile: { a: { b: [1, 2] } } }],
  ['getMessages', { channelId: 'general', before: 9_999, after: 0, limit: 5, order: 'asc' }],
  ['getMessagesByIds', { messageIds: ['1', '2'] }],
]

describe('a parameter', () => {
  it.each(calls)('of %s is read once, all that is in it too', async (name, params) => {
    const db = await temporaryDatabase()
    await db.addMessages([message('1'), message('2')])
    const reads = new Map<string, number>()
    await anyCall(db.execute, name, counted(params, reads))
    expect([...reads.values()].filter((times) => times !== 1)).toEqual([])
    expect(reads.size).toBeGreaterThan(1)
  })

  it('that changes while it is read is its own caller’s affair', async () => {
    const db = await temporaryDatabase()
    // Good when it is looked at first, then something that no thread can be handed.
    const changing = (good: unknown) => {
      let reads = 0
      return { enumerable: true, get: () => ((reads += 1) === 1 ? good : () => 'not for another thread') }
    }
    const tricky: NewMessage = Object.defineProperties(message('tricky'), {
      content: changing('as it was read'),
      metadata: { enumerable: true, value: Object.defineProperty({}, 'a', changing(1)) },
    })
    const outcomes = await Promise.allSettled([
      db.storeMessage(message('before')),
      db.storeMessage(tricky),
      db.storeMessage(message('after')),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled'])
    expect(await db.getMessagesByIds(['tricky'])).toMatchObject([
      { content: 'as it was read', metadata: { a: 1 } },
    ])
  })

  it('may be an object of a class', async () => {
    class Row {
      readonly messageId = 'of a class'
      readonly channelId = 'general'
      readonly userId = 'ada'
      readonly timestamp = 1
      get content(): string {
        return 'by a getter'
      }
    }
    const db = await temporaryDatabase()
    await db.storeMessage(new Row())
    await db.addMessages([new Row()])
    expect(await db.getMessagesByIds(['of a class'])).toMatchObject([{ content: 'by a getter' }])
  })

  it.each([
    ['undefined', { a: { b: [1, undefined] } }, 'metadata.a.b[1]: undefined'],
    ['a number that is none', { 'a key': Number.NaN }, 'metadata["a key"]: NaN'],
    ['a Date', { when: new Date(0) }, 'metadata.when: a Date'],
    ['a function', { f: () => 1 }, 'metadata.f: a function'],
    ['a Map', { m: new Map() }, 'metadata.m: a Map'],
    ['a bigint', { n: 10n }, 'metadata.n: a bigint'],
    ['a hole', { list: withHole(1, 1) }, 'metadata.list[1]: undefined'],
    ['no object', [1], 'metadata: a list'],
    [
      'a text that is too long',
      { t: 'x'.repeat(4 * 1024 * 1024) },
      'metadata: longer than 4194304 characters',
    ],
  ])('of JSON that holds %s is refused, and the message names the place', async (_, metadata, place) => {
    const db = await temporaryDatabase()
    const call = anyCall(db.storeMessage, { ...message('1'), metadata })
    await expectError(call, 'INVALID_ARGUMENT', { field: 'metadata' })
    await expect(call).rejects.toThrow(`(${place})`)
  })
})

describe('a list', () => {
  it.each([
    ['getMessagesByIds', 'messageIds'],
    ['deleteMessages', 'messageIds'],
    ['getUsers', 'userIds'],
    ['getSegmentMessageIds', 'segmentIds'],
  ])('of ids that has holes is refused: %s', async (name, field) => {
    const db = await temporaryDatabase()
    await expectError(anyCall(db.execute, name, { [field]: withHole('a', 0) }), 'INVALID_ARGUMENT', {
      field: `${field}[0]`,
    })
    await expectError(anyCall(db.execute, name, { [field]: withHole('a', 1) }), 'INVALID_ARGUMENT', {
      field: `${field}[1]`,
    })
    const call = anyCall(db.execute, name, { [field]: Array.from({ length: 5 }).fill('a', 0, 4) })
    await expectError(call, 'INVALID_ARGUMENT', { field: `${field}[4]` })
  })

  it('of messages, embeddings and members, likewise', async () => {
    const db = await temporaryDatabase()
    await expectError(anyCall(db.addMessages, withHole(message('1'), 1)), 'INVALID_ARGUMENT', {
      field: 'messages[1]',
    })
    const members = anyCall(db.addMessagesToSegment, { segmentId: 's', messages: withHole('1', 0) })
    await expectError(members, 'INVALID_ARGUMENT', { field: 'messages[0]' })
    await expectError(anyCall(db.storeEmbeddings, withHole(embedding, 0)), 'INVALID_ARGUMENT', {
      field: 'embeddings[0]',
    })
  })
})
