import { describe, expect, it } from 'vitest'
import * as models from '../../src/importers/models.js'
import { parseLine } from '../../src/importers/parse-line.js'
import { readRecord } from '../../src/importers/records.js'

const times = { unit: 'milliseconds', note: () => undefined } as const
const fieldsOf = (text: string) => parseLine(text, () => false)
const readMessage = (text: string) => models.readMessage(fieldsOf(text), times)
const readChannel = (text: string) => models.readChannel(fieldsOf(text), times)
const readSegment = (text: string) => models.readSegment(fieldsOf(text), times)

const message = {
  messageId: '1',
  channelId: 'general',
  userId: 'ada',
  content: 'hello',
  timestamp: '2026-01-02T03:04:05Z',
}
const segment = { segmentId: 's', channelId: 'general', startTime: 0, endTime: 1 }

const read = (fields: object) => readMessage(JSON.stringify(fields))

describe('a message', () => {
  it('comes in camelCase', () => {
    expect(read(message)).toEqual(message)
  })

  it.each(['messageType', 'message_type'])('%s of null is as if it was not there', (field) => {
    expect(read({ ...message, [field]: null })).toEqual(message)
  })

  it('or in snake_case', () => {
    const { messageId, channelId, userId, content, timestamp } = message
    const others = { message_type: 'join', reply_to_message_id: '0', edited_at: 5, metadata: { a_b: 1 } }
    expect(
      read({ message_id: messageId, channel_id: channelId, user_id: userId, content, timestamp, ...others }),
    ).toEqual({ ...message, messageType: 'join', replyToMessageId: '0', editedAt: 5, metadata: { a_b: 1 } })
  })

  it('keeps fields nobody knows in its metadata, spelled as they are', () => {
    expect(read({ ...message, thread_id: 7, onConflict: 'error' })).toEqual({
      ...message,
      metadata: { thread_id: 7, onConflict: 'error' },
    })
    expect(read({ ...message, metadata: { a: 1 }, b: { c: [2] } })).toEqual({
      ...message,
      metadata: { a: 1, b: { c: [2] } },
    })
    expect(read({ ...message, metadata: null, b: 2 }).metadata).toEqual({ b: 2 })
  })

  it('even one that objects know', () => {
    const text = `${JSON.stringify(message).slice(0, -1)},"__proto__":{"a":1},"constructor":2}`
    const { metadata } = readMessage(text)
    expect(JSON.stringify(metadata)).toBe('{"__proto__":{"a":1},"constructor":2}')
  })

  it.each([
    ['nonsense', 'the line is not JSON'],
    ['"text"', 'the line is not a JSON object'],
    ['null', 'the line is not a JSON object'],
    [JSON.stringify({ ...message, timestamp: undefined }), 'timestamp is missing'],
    [
      JSON.stringify({ ...message, timestamp: '02/01/2026' }),
      'timestamp must be a valid Date, ISO 8601 text',
    ],
    [JSON.stringify({ ...message, messageId: 7 }), 'messageId must be'],
    [JSON.stringify({ ...message, messageId: '' }), 'messageId must be'],
    [JSON.stringify({ ...message, content: '\uD800' }), 'content must be well-formed Unicode text'],
    [JSON.stringify({ ...message, metadata: 'text', other: 1 }), 'metadata must be a plain object'],
    [JSON.stringify({ ...message, user_id: 'eve' }), 'userId is given twice'],
    [JSON.stringify({ ...message, a: 1, metadata: { a: 2 } }), 'a is given twice'],
  ])('%s is none', (text, reason) => {
    expect(() => readMessage(text)).toThrow(reason)
  })
})

describe('a channel', () => {
  it('has a beginning of null as if nothing was said of it', () => {
    expect(readChannel('{"channelId":"general","created_at":null,"name":null}')).toEqual({
      channelId: 'general',
      name: null,
    })
  })

  it('keeps what else is said about it', () => {
    expect(readChannel('{"channel_id":"a","name":"#a","clock":"12h"}')).toEqual({
      channelId: 'a',
      name: '#a',
      metadata: { clock: '12h' },
    })
  })
})

describe('a segment', () => {
  const readFields = (fields: object) => readSegment(JSON.stringify({ ...segment, ...fields })).segment

  it('has its members as ids', () => {
    const expected = { ...segment, messages: ['1', '2'], onConflict: 'update' }
    expect(readFields({ message_ids: ['1', '2'] })).toEqual(expected)
    expect(readFields({ messageIds: ['1', '2'] })).toEqual(expected)
    expect(readFields({ messages: ['1', '2'] })).toEqual(expected)
  })

  it('or with position and score', () => {
    const member = { messageId: '1', position: 3, contributionScore: 0.5 }
    expect(readFields({ messages: [{ message_id: '1', position: 3, contribution_score: 0.5 }] })).toEqual({
      ...segment,
      messages: [member],
      onConflict: 'update',
    })
  })

  it('or not at all', () => {
    expect(readFields({ summary: 'short' })).toEqual({ ...segment, summary: 'short', onConflict: 'update' })
  })

  it.each([
    ['as null', { messages: null }],
    ['as null of either name', { messages: null, message_ids: null }],
  ])('or %s, as if not at all', (_, members) => {
    const whole = readSegment(JSON.stringify({ ...segment, ...members }))
    expect(whole.segment).not.toHaveProperty('messages')
    expect(whole.furtherMembers).toEqual([])
  })

  it('and what is null of a member is not said', () => {
    const messages = [{ message_id: '1', position: null, contributionScore: null }]
    const { segment: stored } = readSegment(JSON.stringify({ ...segment, messages, messageIds: null }))
    expect(stored).toMatchObject({ messages: [{ messageId: '1' }] })
    expect(stored).not.toHaveProperty('messages[0].position')
  })

  it('and not twice, nor of another kind', () => {
    expect(() => readFields({ messages: [], messageIds: [] })).toThrow(
      'messages and messageIds are both given',
    )
    expect(() => readFields({ messages: 'all' })).toThrow('messages must be')
    expect(() => readFields({ messages: [{ messageId: '1', weight: 1 }] })).toThrow('weight')
  })
})

describe('a line that says its kind', () => {
  const readLine = (fields: object) => readRecord(JSON.stringify(fields), 'message', times)

  it('is of that kind, in either spelling; a message of other people may say something else', () => {
    expect(readLine({ kind: 'user', user_id: 'ada', born: 1815 })).toEqual({
      kind: 'user',
      model: { userId: 'ada', metadata: { born: 1815 } },
    })
    expect(readLine({ kind: 'message', ...message })).toEqual({ kind: 'message', model: message })
    for (const kind of ['channel', 'system', 7]) {
      expect(readLine({ kind, ...message })).toEqual({
        kind: 'message',
        model: { ...message, metadata: { kind } },
      })
    }
  })

  it.each([
    [{ kind: 'nod', userId: 'ada' }, "kind 'nod' is none that an export has (forgotten, model, "],
    [{ kind: 'toString', userId: 'ada' }, "kind 'toString' is none"],
    [{ kind: 'user', displayName: 'Nobody' }, /^userId is missing$/],
    [{ kind: 'profile', userId: 'ada', profile: [1] }, 'profile must be a plain object'],
    [{ kind: 'profile', userId: 'ada', profile: {}, likes: 1 }, /^likes /],
    [{ kind: 'members', segmentId: 's' }, /^messages is missing$/],
    [{ kind: 'model', model: 'm', dimension: 0 }, /^dimension must be/],
    [{ kind: 'forgotten', userHash: 'abc', forgottenAt: 1 }, /^userHash must be a SHA-256/],
    [{ kind: 'activity', userId: 'ada', messageCount: -1, firstSeen: 0 }, /^messageCount must be/],
    [{ kind: 'embedding', ownerType: 'user', ownerId: '1', model: 'm', vector: [1] }, /^ownerType must be/],
  ])('%j is none', (fields, reason) => {
    expect(() => readLine(fields)).toThrow(reason)
  })

  it('keeps long numbers as the numbers that they were, where that changes no digit', () => {
    const metadata = { power: 2 ** 60, large: 1e20, larger: 1e25, less: -(2 ** 70) }
    expect(readLine({ kind: 'message', ...message, metadata }).model).toEqual({ ...message, metadata })
    const text = '{"kind":"channel","channelId":"a","metadata":{"id":12345678901234567890}}'
    expect(readRecord(text, 'message', times).model).toMatchObject({
      metadata: { id: '12345678901234567890' },
    })
  })
})
