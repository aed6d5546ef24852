import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { NewMessage } from '../../src/main/index.js'
import { createChat, type ChatEvent } from '../../src/cli/demo/chat.js'

const eventsOf = (seed: number, messages: number): ChatEvent[] => [...createChat({ seed, messages }).events()]
const messagesOf = (events: readonly ChatEvent[]): NewMessage[] =>
  events.flatMap((event) => (event.kind === 'message' ? [event.message] : []))
const segmentsOf = (events: readonly ChatEvent[]) =>
  events.flatMap((event) => (event.kind === 'segment' ? [event.segment] : []))
const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex')

function countBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1)
  return counts
}

const chat = createChat({ seed: 1, messages: 20_000 })
const events = [...chat.events()]
const messages = messagesOf(events)
const segments = segmentsOf(events)
const byId = new Map(messages.map((message) => [message.messageId, message]))

describe('a generated chat', () => {
  it('is the same for the same seed, down to the last character', () => {
    expect(hashOf(eventsOf(7, 3000))).toBe(hashOf(eventsOf(7, 3000)))
    expect(hashOf(createChat({ seed: 7, messages: 3000 }).people)).toBe(
      hashOf(createChat({ seed: 7, messages: 3000 }).people),
    )
    expect(hashOf([...chat.events()])).toBe(hashOf(events))
  })

  it('is another one for another seed', () => {
    expect(hashOf(eventsOf(7, 3000))).not.toBe(hashOf(eventsOf(8, 3000)))
  })

  it('has exactly as many messages as asked for, each with an id of its own', () => {
    expect(messages).toHaveLength(20_000)
    expect(byId.size).toBe(20_000)
  })

  it('is skewed: a few channels and users write much more than the others', () => {
    for (const field of ['channelId', 'userId'] as const) {
      const counts = [...countBy(messages, (message) => message[field]).values()].toSorted((a, b) => b - a)
      const topFifth = counts.slice(0, Math.ceil(counts.length / 5)).reduce((sum, count) => sum + count, 0)
      expect(topFifth, field).toBeGreaterThan(0.4 * messages.length)
    }
  })

  it('speaks at least eight languages, each in its own script', () => {
    const languageOf = new Map(chat.channels.map(({ channelId, language }) => [channelId, language.code]))
    const languages = countBy(messages, ({ channelId }) => languageOf.get(channelId) ?? '')
    expect(languages.size).toBeGreaterThanOrEqual(8)
    const scripts = [
      /\p{Script=Arabic}/u,
      /\p{Script=Devanagari}/u,
      /\p{Script=Hiragana}/u,
      /\p{Script=Han}/u,
    ]
    for (const script of [...scripts, /[äöüß]/, /[¿¡ñ]/, /\p{Emoji_Presentation}/u, /```/, /https:\/\//]) {
      expect(
        messages.some(({ content }) => script.test(content)),
        String(script),
      ).toBe(true)
    }
  })

  it('leaves no gap of a template unfilled', () => {
    expect(messages.filter(({ content }) => /\{\w+\}|undefined/.test(content))).toEqual([])
  })

  it('replies only to earlier messages of the same channel', () => {
    const places = new Map(messages.map(({ messageId }, index) => [messageId, index]))
    const replies = messages.filter(({ replyToMessageId }) => replyToMessageId != null)
    expect(replies.length).toBeGreaterThan(0.2 * messages.length)
    for (const { messageId, channelId, replyToMessageId } of replies) {
      const target = byId.get(replyToMessageId ?? '')
      expect(target?.channelId).toBe(channelId)
      expect(places.get(target?.messageId ?? '')).toBeLessThan(places.get(messageId) ?? -1)
    }
  })

  it('moves forward in time, over weeks, with quiet nights', () => {
    const times = messages.map(({ timestamp }) => Number(timestamp))
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(14 * 86_400_000)
    const hours = countBy(times, (time) => String(new Date(time).getUTCHours()))
    expect(hours.get('20') ?? 0).toBeGreaterThan(5 * (hours.get('3') ?? 0))
  })

  it('has segments whose messages are earlier, of their channel, and inside their time', () => {
    expect(segments.length).toBeGreaterThan(500)
    for (const segment of segments) {
      for (const member of segment.messages) {
        const message = byId.get(typeof member === 'string' ? member : member.messageId)
        expect(message?.channelId).toBe(segment.channelId)
        expect(Number(message?.timestamp)).toBeGreaterThanOrEqual(Number(segment.startTime))
        expect(Number(message?.timestamp)).toBeLessThanOrEqual(Number(segment.endTime))
      }
    }
  })

  it('has segments that interleave inside a channel', () => {
    const [busiest] = chat.channels
    const inBusiest = segments.filter(({ channelId }) => channelId === busiest?.channelId)
    const byStart = inBusiest.toSorted((a, b) => Number(a.startTime) - Number(b.startTime))
    const overlaps = byStart.filter((segment, index) => {
      const next = byStart[index + 1]
      return next !== undefined && Number(next.startTime) < Number(segment.endTime)
    })
    expect(overlaps.length).toBeGreaterThan(10)
  })
})
