import type { JsonObject } from 'convodb'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { foldName } from '../../src/protocol/fold-name.js'
import { message, temporaryDatabase } from '../support/databases.js'

/** Text that would mean something else, were it ever pasted into SQL, a pattern, a path or a property's name. */
const signs = Array.from('\'"`%_\\;*?[]{}~./ 0\n\r\t\u0001\u001F\u007F\u0085\u2028\uFEFF\u202Eé漢')
const words =
  '\'; DROP TABLE messages; --|" OR ""="|__proto__|constructor|toString|$.pinned|null|--|/*|:a|$1|e\u0301|👩‍👩‍👧'.split(
    '|',
  )
const pieces = [...signs, ...words]
const text = fc
  .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 })
  .map((chosen) => chosen.join(''))

/** As from a client: `__proto__` is a key of its own then. */
const object = fc
  .uniqueArray(fc.tuple(text, fc.oneof(text, fc.integer(), fc.boolean())), {
    maxLength: 5,
    selector: ([key]) => key,
  })
  .map((entries) => {
    const inner = entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')
    const parsed: JsonObject = JSON.parse(
      `{"__proto__":{"polluted":true},"constructor":{${inner}},"a":{${inner}}}`,
    )
    return parsed
  })

it('ids, texts and keys come back as they were stored, whatever they are made of', async () => {
  const db = await temporaryDatabase()
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.tuple(text, text, text, text, text), object, async ([a, b, c, d, e], metadata) => {
      const unique = (id: string) => `${id}${run}`
      run += 1
      const [channelId, userId, messageId, segmentId, model] = [
        unique(a),
        unique(b),
        unique(c),
        unique(d),
        unique(e),
      ]
      const stored = message(messageId, {
        channelId,
        userId,
        content: a,
        messageType: b,
        metadata,
        replyToMessageId: d,
      })
      await Promise.all([
        db.upsertChannel({ channelId, name: c, metadata }),
        db.storeMessage(stored),
        db.users.upsertUser({ userId, displayName: c, metadata }),
        db.users.updateProfile({ userId, profile: metadata }),
        db.createSegmentWithMessages({
          segmentId,
          channelId,
          startTime: 0,
          endTime: 1,
          summary: e,
          metadata,
          messages: [messageId],
        }),
        db.storeEmbeddings([{ ownerType: 'message', ownerId: messageId, model, vector: [1] }]),
      ])
      const asText = JSON.stringify(metadata)
      const channel = await db.getChannel(channelId)
      expect(channel).toMatchObject({ channelId, name: c, messageCount: 1 })
      expect(JSON.stringify(channel?.metadata)).toBe(asText)
      const { items } = await db.getMessages({ channelId })
      expect(items).toMatchObject([
        { messageId, channelId, userId, content: a, messageType: b, replyToMessageId: d },
      ])
      expect(JSON.stringify(items[0]?.metadata)).toBe(asText)
      expect(await db.getMessagesByIds([messageId])).toEqual(items)
      expect(await db.getSegmentMessages(segmentId)).toMatchObject([{ messageId, content: a }])
      expect(await db.getConversationSegment(segmentId)).toMatchObject({ segmentId, summary: e })
      expect(JSON.stringify((await db.users.getUser(userId))?.metadata)).toBe(asText)
      expect(JSON.stringify((await db.users.getProfile(userId))?.profile)).toBe(asText)
      const owners = { ownerType: 'message' as const, ownerIds: [messageId], model }
      expect(await db.getEmbeddings(owners)).toMatchObject([{ ownerId: messageId, model }])
      expect(await db.deleteMessages([messageId])).toBe(1)
    }),
    { numRuns: 60 },
  )
  expect(Reflect.get({}, 'polluted')).toBeUndefined()
  expect(await db.countMessages()).toBe(0)
}, 120_000)

it('a search takes % and _ and all else literally', async () => {
  const db = await temporaryDatabase()
  const names = new Map<string, string>()
  await fc.assert(
    fc.asyncProperty(text, text, async (name, query) => {
      const userId = `user ${names.size}`
      names.set(userId, name)
      await db.users.upsertUser({ userId, displayName: name })
      const expected = [...names]
        .filter(([, given]) => foldName(given).includes(foldName(query)))
        .map(([id]) => id)
      const { items } = await db.users.searchByDisplayName({ query, limit: 10_000 })
      expect(items.map((user) => user.userId)).toEqual(expected)
    }),
    { numRuns: 150 },
  )
})
