import { describe, expect, it } from 'vitest'
import { readChannel, readMessage, readSegment } from '../../src/importers/models.js'

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

  it('and not twice, nor of another kind', () => {
    expect(() => readFields({ messages: [], messageIds: [] })).toThrow(
      'messages and messageIds are both given',
    )
    expect(() => readFields({ messages: 'all' })).toThrow('messages must be')
    expect(() => readFields({ messages: [{ messageId: '1', weight: 1 }] })).toThrow('weight')
  })
})
