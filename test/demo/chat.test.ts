import { describe, expect, it } from 'vitest'
import type { NewMessage } from 'convodb'
import { createChat, type NewSegment } from '../../demo/chat.js'

const chatOf = (seed: number) => {
  const chat = createChat({ seed, messages: 5000 })
  return { ...chat, all: [...chat.events()] }
}
const isSegment = (event: NewMessage | NewSegment): event is NewSegment => 'segmentId' in event
const isMessage = (event: NewMessage | NewSegment): event is NewMessage => !isSegment(event)

const chat = chatOf(1)
const messages = chat.all.filter(isMessage)
const segments = chat.all.filter(isSegment)
const places = new Map(messages.map(({ messageId }, index) => [messageId, index]))

describe('an invented chat', () => {
  it('is the same for the same seed, down to the last character, and another one for another seed', () => {
    expect(JSON.stringify(chatOf(1))).toBe(JSON.stringify(chat))
    expect(JSON.stringify([...chat.events()])).toBe(JSON.stringify(chat.all))
    expect(JSON.stringify(chatOf(2))).not.toBe(JSON.stringify(chat))
  })

  it('has exactly as many messages as asked for, each with an id of its own', () => {
    expect(messages).toHaveLength(5000)
    expect(places.size).toBe(5000)
  })

  it.each([
    /\p{Script=Arabic}/u,
    /\p{Script=Hiragana}/u,
    /\p{Script=Han}/u,
    /[äöüß]/,
    /\p{Emoji_Presentation}/u,
  ])('holds what databases have trouble with: %s', (script) =>
    expect(messages.some(({ content }) => script.test(content))).toBe(true),
  )

  it('leaves no gap of a sentence unfilled', () => {
    expect(messages.filter(({ content }) => /\{\w+\}|undefined/.test(content))).toEqual([])
  })

  it('is skewed: a few channels and users write much more than the others', () => {
    for (const field of ['channelId', 'userId'] as const) {
      const byKey = Map.groupBy(messages, (message) => message[field])
      const counts = [...byKey.values()].map(({ length }) => length).toSorted((left, right) => right - left)
      const topFifth = counts.slice(0, Math.ceil(counts.length / 5)).reduce((sum, count) => sum + count, 0)
      expect(topFifth, field).toBeGreaterThan(0.4 * messages.length)
    }
  })

  it('replies only to earlier messages of the same channel', () => {
    const replies = messages.filter(({ replyToMessageId }) => replyToMessageId != null)
    expect(replies.length).toBeGreaterThan(0.2 * messages.length)
    for (const { messageId, channelId, replyToMessageId } of replies) {
      const place = places.get(replyToMessageId ?? '') ?? Number.NaN
      expect(messages[place]?.channelId).toBe(channelId)
      expect(place).toBeLessThan(places.get(messageId) ?? Number.NaN)
    }
  })

  it('has segments whose messages are of their channel and inside their time', () => {
    expect(segments.length).toBeGreaterThan(200)
    for (const { channelId, startTime, endTime, messages: members } of segments) {
      for (const member of members) {
        const message = messages[places.get(typeof member === 'string' ? member : member.messageId) ?? -1]
        expect(message?.channelId).toBe(channelId)
        expect(Number(message?.timestamp)).toBeGreaterThanOrEqual(Number(startTime))
        expect(Number(message?.timestamp)).toBeLessThanOrEqual(Number(endTime))
      }
    }
  })
})
